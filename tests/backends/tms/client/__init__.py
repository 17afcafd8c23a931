"""The SOAP client of Cisco TMS."""
