"""A Cisco TMS server, as a client of its Booking API sees it."""
