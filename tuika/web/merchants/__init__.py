"""The merchants' inbox: plain pages under ``/merchant``, drawn by the server."""
