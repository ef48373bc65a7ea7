"""What people can do in talk: discuss, comment, moderate, chat."""
