"""PartnerForge: from a company's domain to a sourced one-page sales brief, as a Dagster asset graph."""

__version__ = "0.1.0"
