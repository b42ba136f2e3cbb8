"""The kiosk: what stands in the lobby, records what people touch, and brings it to the server when there is a way.

`desk` holds what a person can do here, `store` keeps it through anything, `sync` copies the logs, `devices` print,
`ui` draws; `bootstrap` puts them together.
"""

#: Name and version of this program, as it tells them to the server and in `log.opened`.
SOFTWARE = "sala-kiosk 0.1.0"
