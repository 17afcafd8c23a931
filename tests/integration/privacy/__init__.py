"""What nobody may read is nowhere to be read.

Meetings and people have unmistakable names here. Everything that Home Assistant shows,
tells, logs, stores or records is collected as text, and searched for them.
"""
