"""Every client over a real socket, against a server that plays what providers do."""
