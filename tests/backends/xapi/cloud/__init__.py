"""Tests of the way to Cisco devices through Webex."""
