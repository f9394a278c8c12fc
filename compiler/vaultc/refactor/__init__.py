"""Changing notes so that every link keeps its meaning: how a link is spelled, what a rename rewrites, what a repair does."""
