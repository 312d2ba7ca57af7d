"""What the commands and the API share: sources → edition → letter → report.

``requesting`` makes one request of settings and flags, ``preparing`` turns sources into a compiled edition (in a
child process for a mailing), ``enclosing`` brings pictures and attachments, ``connecting`` turns settings into
a sender, a transport and a store, ``sending`` freezes an edition and delivers it, ``running`` is what cron
calls, ``previewing`` shows a letter before it leaves.

The room decides nothing that a lower one knows. It puts them in order, and holds the order in which a mailing
may fail: everything that can be wrong with the input is found before the first connection.
"""
