"""The page's pictures as plain functions: numbers in, SVG text out.

SVG text costs a millisecond, where a drawn figure costs a hundred: pictures can follow play. All
names go through `svg.element`, which escapes them.
"""
