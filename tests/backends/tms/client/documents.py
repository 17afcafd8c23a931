"""The documents of the facts (1.5, 1.6), captured and anonymised, and ones made after them."""

from collections.abc import Iterable

BOOKING = "http://tandberg.net/2004/02/tms/external/booking/"
SETUP = f"{BOOKING}remotesetup/"
FAULT = "http://tandberg.net/2004/02/tms/external/exception/"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

# Facts 1.5, in SOAP 1.2 as it was captured; its HTML and its long text are shortened.
CAPTURED = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Header><ExternalAPIVersionSoapHeader xmlns="http://tandberg.net/2004/02/tms/external/booking/"><ClientVersionIn>15</ClientVersionIn><ClientIdentifierIn>string</ClientIdentifierIn><ClientLatestNamespaceIn>string</ClientLatestNamespaceIn><NewServiceURL>string</NewServiceURL><ClientSession>082f0afc-0000-0000-0000-000000000000</ClientSession></ExternalAPIVersionSoapHeader></soap:Header><soap:Body><GetConferenceByIdResponse xmlns="http://tandberg.net/2004/02/tms/external/booking/"><GetConferenceByIdResult>'
    r"<ConferenceId>2391459</ConferenceId><Title>TEST</Title><StartTimeUTC>2021-01-28 07:00:00Z</StartTimeUTC><EndTimeUTC>2021-01-28 12:13:20Z</EndTimeUTC><OwnerId>16387</OwnerId><OwnerUserName>example\api.test</OwnerUserName><OwnerFirstName>API</OwnerFirstName><OwnerLastName>Test</OwnerLastName><OwnerEmailAddress>t@example.com</OwnerEmailAddress><ConferenceType>Automatic Call Launch</ConferenceType><Bandwidth>30b/1920kbps</Bandwidth><PictureMode>Enhanced CP</PictureMode><Encrypted>If Possible</Encrypted><DataConference>No</DataConference><ShowExtendOption>Yes</ShowExtendOption><Password>0000</Password><ISDNRestrict>false</ISDNRestrict><EmailTo>x@example.com</EmailTo>"
    "<ConferenceInfoText>many\nlines</ConferenceInfoText><ConferenceInfoHtml>&lt;body&gt;escaped&lt;/body&gt;</ConferenceInfoHtml><UserMessageText>sdf</UserMessageText><ExternalSourceId>TMS</ExternalSourceId><ExternalPrimaryKey>99b67849-0000</ExternalPrimaryKey><Participants><Participant><ParticipantId>1</ParticipantId><NameOrNumber>x@example.com</NameOrNumber><ParticipantCallType>IP Video &lt;-</ParticipantCallType></Participant></Participants><ISDNBandwidth><Bandwidth>6b/384kbps</Bandwidth></ISDNBandwidth><IPBandwidth><Bandwidth>30b/1920kbps</Bandwidth></IPBandwidth><ConferenceLanguage>en-US</ConferenceLanguage><ConferenceTimeZoneRules><TimeZoneRule><ValidFrom>0001-01-01T00:00:00</ValidFrom><Id>W. Europe Standard Time</Id><DisplayName>(UTC+01:00) …</DisplayName><BaseOffsetInMinutes>60</BaseOffsetInMinutes><Daylight><ChangeSecondAtDay>7200</ChangeSecondAtDay><RelativeRule><Month>3</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Daylight><DaylightOffsetInMinutes>60</DaylightOffsetInMinutes><Standard><ChangeSecondAtDay>10800</ChangeSecondAtDay><RelativeRule><Month>10</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Standard></TimeZoneRule></ConferenceTimeZoneRules><ConferenceState><Status>Finished</Status></ConferenceState><Version>49434707</Version>"
    "</GetConferenceByIdResult></GetConferenceByIdResponse></soap:Body></soap:Envelope>"
)
# Facts 1.6, in SOAP 1.2 as it was captured.
CAPTURED_FAULT = '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">The client session id is expired.</soap:Text></soap:Reason><soap:Node>https://tms.example.com/tms/external/booking/bookingservice.asmx?wsdl</soap:Node><detail><errorcode xmlns="http://tandberg.net/2004/02/tms/external/exception/">-2147218253</errorcode><clientsessionid xmlns="http://tandberg.net/2004/02/tms/external/exception/">cb25e3d4-1530-422a-ab95-511ed032f2be</clientsessionid></detail></soap:Fault></soap:Body></soap:Envelope>'


def in_soap_11(document: str) -> str:
    """The same, as a server answers a request in SOAP 1.1."""
    return document.replace(SOAP_12, SOAP_11)


def conference_xml() -> str:
    """What is inside the captured conference."""
    inner = CAPTURED.partition("<GetConferenceByIdResult>")[2]
    return inner.partition("</GetConferenceByIdResult>")[0]


def envelope(
    operation: str, result: str | None, namespace: str = BOOKING, header: str = ""
) -> str:
    """An answer to an operation."""
    inner = "" if result is None else f"<{operation}Result>{result}</{operation}Result>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP_11}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soap:Header>{header}</soap:Header><soap:Body>"
        f'<{operation}Response xmlns="{namespace}">{inner}</{operation}Response>'
        "</soap:Body></soap:Envelope>"
    )


def version_header(version: object) -> str:
    """What GetDefaultConference says beside its answer."""
    return (
        f'<VersionSoapHeader xmlns="{BOOKING}"><ConfAPIVersion>{version}'
        "</ConfAPIVersion></VersionSoapHeader>"
    )


def session_header(session: str) -> str:
    """The version header with a client session."""
    return (
        f'<ExternalAPIVersionSoapHeader xmlns="{BOOKING}"><ClientVersionIn>22'
        f"</ClientVersionIn><ClientSession>{session}</ClientSession>"
        "</ExternalAPIVersionSoapHeader>"
    )


def fault(code: object = None, words: str = "No.", session: str | None = None) -> str:
    """A fault in SOAP 1.1 (facts 1.6)."""
    detail = "" if code is None else f'<errorcode xmlns="{FAULT}">{code}</errorcode>'
    if session is not None:
        detail += f'<clientsessionid xmlns="{FAULT}">{session}</clientsessionid>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP_11}">'
        f"<soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>{words}"
        "</faultstring><faultactor>https://tms.example.com/</faultactor>"
        f"<detail>{detail}</detail></soap:Fault></soap:Body></soap:Envelope>"
    )


def listed(*conferences: str) -> str:
    """An answer of GetConferencesForSystems."""
    return envelope(
        "GetConferencesForSystems",
        "".join(f"<Conference>{inner}</Conference>" for inner in conferences),
    )


def default(version: object = 22, inner: str | None = None) -> str:
    """An answer of GetDefaultConference."""
    if inner is None:
        inner = conference_xml().replace("2391459", "-1")
    return envelope("GetDefaultConference", inner, header=version_header(version))


def transactions(*items: tuple[object, object, str, str | None]) -> str:
    """An answer of GetTransactionsSince: id, conference, type, participants."""

    def lines() -> Iterable[str]:
        for id_, conference, kind, systems in items:
            told = (
                "" if systems is None else f"<ParticipantIds>{systems}</ParticipantIds>"
            )
            yield (
                f"<Transaction><TransactionId>{id_}</TransactionId><ConferenceId>"
                f"{conference}</ConferenceId><TransType>{kind}</TransType>"
                f"<PerformedByUserId>1</PerformedByUserId>{told}</Transaction>"
            )

    return envelope("GetTransactionsSince", "".join(lines()))
