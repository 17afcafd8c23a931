"""The Webex cloud as a way to reach xAPI devices: a Workspace Integration (facts 6, 7)."""
