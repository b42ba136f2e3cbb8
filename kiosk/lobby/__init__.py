"""The lobby's own pages, served by the kiosk to the office's network: counters, the board, tickets.

`serving.Lobby` runs the server in a thread; `guard` stands before every page; `feed` wakes whoever listens when the
queue moves; one module for each page has its routes (`app.ROUTES` lists them), its files lie in `pages/`, and every
sentence is in `words`. Nothing personal is on any of them: tickets, counters, positions.
"""
