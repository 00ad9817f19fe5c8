"""Pictures as SVG with literal attributes: they print, convert and mail as they are; a page's style
recolours them.
"""
