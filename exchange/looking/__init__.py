"""Looking into files that others made, in a process of its own that may do nothing but answer.

`python -m exchange.looking EXTENSION` reads a file from its standard input and writes what it finds to its standard
output, as `exchange.looking.wire` says. It knows neither the database nor the settings nor the house's environment,
writes no file and opens no connection; `exchange.looks` starts it, believes none of it, and ends it after a time.
"""
