"""The browser page: Mesa's SolaraViz over the alliance's model, served on this machine.

`serving` starts the server, `page` is what a visitor sees, `drawings` makes the pictures, `live`
holds what one visitor plays, `ensembles` plays many trials in another process.
"""
