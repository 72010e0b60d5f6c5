"""A small CRUD service whose letters survive `kill -9`, and one whose letters do not (chapter 9.2)."""
