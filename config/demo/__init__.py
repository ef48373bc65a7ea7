"""The demo network: real organisations and meetings, invented people, told through the actions that people use."""
