"""What people do with workshops and with their calendars."""
