"""The record of the contract's own example."""

RECORD = {
    "meetingId": "m1234",
    "subject": "Product Review",
    "organizerId": "u567",
    "organizerName": "John Doe",
    "startDateUTC": "2026-01-01T14:30:00Z",
    "endDateUTC": "2026-01-01T16:30:00Z",
    "creationDateUTC": "2025-12-10T16:30:00Z",
    "isPrivate": False,
    "isCancelled": False,
    "imageUrl": "https://someurl.example.com/cool.jpg",
}
