"""What IIS says by itself: XHTML, whatever was asked."""

from http import HTTPStatus

_PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"/>
<title>{status} - {title}</title>
</head>
<body>
<div id="header"><h1>Server Error</h1></div>
<div id="content">
 <div class="content-container"><fieldset>
  <h2>{status} - {title}</h2>
  <h3>{text}</h3>
 </fieldset></div>
</div>
</body>
</html>
"""
_WORDS = {
    401: (
        "Unauthorized: Access is denied due to invalid credentials.",
        "You do not have permission to view this directory or page using the "
        "credentials that you supplied.",
    ),
    403: (
        "Forbidden: Access is denied.",
        "You do not have permission to view this directory or page using the "
        "credentials that you supplied.",
    ),
    404: (
        "File or directory not found.",
        "The resource you are looking for might have been removed, had its name "
        "changed, or is temporarily unavailable.",
    ),
    500: (
        "Internal server error.",
        "There is a problem with the resource you are looking for, and it cannot be "
        "displayed.",
    ),
}

LOGIN = (
    b"<!DOCTYPE html><html><head><title>Sign In</title></head><body>"
    b'<form method="post" action="/adfs/ls/"><input name="UserName">'
    b'<input name="Password" type="password"><br></form></body></html>'
)
"""A login page, as a federation or a captive portal puts it before every address."""


def error_page(status: int) -> bytes:
    """The page of a status."""
    phrase = HTTPStatus(status).phrase
    title, text = _WORDS.get(status, (f"{phrase}.", f"HTTP Error {status}."))
    return _PAGE.format(status=status, title=title, text=text).encode()
