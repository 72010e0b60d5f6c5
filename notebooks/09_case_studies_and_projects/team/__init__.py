"""What a team of two agrees on, has, and is asked to accept (chapter 9.4)."""
