"""Canonical text with a way back to the original, and what depends on Vietnamese spelling."""
