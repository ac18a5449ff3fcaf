"""Figures of query answers: a bar or line chart, a map, a network, each where the columns allow it.

What is drawn is read from the columns, not asked for. Figures are HTML and SVG without styles or scripts of their
own, so that they hold under the content security policy and need no JavaScript.
"""
