"""Tests of the simulated Webex cloud, and of the devices behind it."""
