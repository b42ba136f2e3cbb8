"""Tickets and ratings as statistics, projected from the logs."""
