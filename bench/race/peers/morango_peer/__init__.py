"""Morango in the race: the smallest application that syncs one model."""
