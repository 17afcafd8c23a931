"""Cisco TelePresence Management Suite, by its SOAP booking API.

`client` speaks to a server as a `service.TmsService`; `mirror`, `transactions` and `replica` keep
what it holds for our rooms, `verbs` and `series_verbs` change it, and `backend` makes a `Backend`
of them. Facts: cisco-tms.md, and the reference of API 23 in the seeds.

assumptions
-----------
What no public source shows of API 23. Each sits in one place, named there:

wsdl             the schema is that of API 22 with IsRecordingEnabled at its end; a real one of
                 version 23 is not public (`soap.SoapService`)
fault_detail     a SOAP 1.1 fault holds the same detail as the captured one of SOAP 1.2; a fault
                 without an errorcode is a refusal too (`document._fault`)
saved_result     SaveConferenceWithModeResult holds the saved Conference beside what does not
                 matter here (`calls.Calls.save`)
incomplete       a page of which more follows says ListIncomplete, or Incomplete
                 (`listings._INCOMPLETE`)
participant_ids  a transaction may tell its participants' ids, whatever separates them
                 (`listings._PARTICIPANT_ID`)
privacy_flag     a PrivacyFlag of false, 0 or no is none; TMS takes any other word, and
                 Private is ours (`reading._NOT_PRIVATE`)
private_word     a conference is made private by the PrivacyFlag Private, which is what others see
                 for a title (`extras.wishes_of`)
whole_days       a listing may answer whole days, so that it is clipped here
                 (`calls.Calls.conferences`)
new_participant  a ParticipantId of 0 lets TMS number a participant from elsewhere
                 (`writing._participant`)
no_version       TransactionId came before API 22 perhaps, and perhaps with it; where no conference
                 has one, the end of the log is found by halving it (`transactions.newest`)
pages            a log of years comes in pages of a reasonable size (`transactions.newest`)
unknown_cursor   a log that cannot be followed from an id refuses it, or names ids that are not
                 greater; all rooms are listed anew then (`transactions.since`)
ids_grow         what is changed later has a greater TransactionId; a listing knows of all up to
                 the greatest that it shows (`mirror.Mirror.known_to`)
restored         a conference whose TransactionId is smaller than it was means that a backup was
                 restored (`replica.Replica._is_older`)
below            rooms that were listed before any id was known changed 50 transactions ago at most
                 (`transactions._BELOW`)
series_ids       the occurrences of a changed series may have other ids, and a deleted one may
                 stand for all: their rooms are listed (`replica.Replica._missing`)
deleted_ids      a deleted conference never comes back under its id (`mirror.Mirror.is_gone`)
series_name      the occurrences of a series share its external key, or else their owner and
                 FirstOccurrenceRecInstanceIdUTC (`bookings.series_of`)
single           a conference is an occurrence if it has a RecurrenceInstanceIdUTC, or a pattern of
                 one of four frequencies (`bookings.recurs`)
defect_words     what is wrong with a Defective conference is told nowhere but for WebEx; else its
                 state is quoted (`bookings._DEFECTIVE`)
owner            OwnerId -1 lets OwnerUserName decide, and the other names go along
                 (`people.People.owner`)
record           IsRecordingEnabled is known from API 23 on (`extras._RECORDS_SINCE`)
pin_length       a PIN has up to 32 digits (`extras._PIN`)
key_again        the external key of a deleted conference may be used again
                 (`series_verbs.SeriesVerbs.book`)
approval         who lacks Approve Meeting makes a MeetingRequest, which he may delete
                 (`verbs.undone`)
running_deleted  to delete a running occurrence ends it, as it does a single conference
                 (`verbs.ConferenceVerbs.delete`)
zone_names       TimezoneName of a system is an id for GetTimeZoneRulesById; where it is not, the
                 rules of the account's own conferences count
                 (`series_verbs.SeriesVerbs._rules`)
zone_changes     the clocks change at ChangeSecondAtDay as they stood before (`zones._change`)
days_of_week     DaysOfWeek are those of UTC, as the reference says, also with time zone rules;
                 if TMS shows that they are those of the zone, they are
                 (`series_verbs.SeriesVerbs._days_in_utc`)
month_positions  a month's first to fourth or last of one day, the weekdays, the weekend or all
                 days (`series._DAY_SETS`)
pattern_date     a pattern that ends by date takes place on that date too, in its zone
                 (`series.positions`)
deleted_count    PatternInstances counts occurrences that were deleted (`series_verbs._Series`)
past_pattern     a series that has begun may be saved with another time or end: what is over stays
                 (`series_verbs.SeriesVerbs._moved`)
nothing_left     a series of which nothing is to come cannot be saved
                 (`series_verbs.SeriesVerbs._delete_from`)
copied_series    what was read of a series, saved with ConferenceId -1 and another key, is a new one
                 (`series_verbs.SeriesVerbs._split`)
"""
