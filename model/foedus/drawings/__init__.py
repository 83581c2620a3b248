"""Pictures as plain functions: numbers in, SVG text out."""
