"""The `partnerforge` command as its users run it: real processes in folders of their own."""
