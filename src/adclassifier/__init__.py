"""Signs of illegal advertising in Vietnamese posts."""
