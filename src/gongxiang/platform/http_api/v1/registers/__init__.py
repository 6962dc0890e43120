"""Code lists, departments, systems and matters."""
