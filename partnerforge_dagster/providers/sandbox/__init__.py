"""The built-in emulator: one Starlette application that serves every provider's wire format for any domain."""
