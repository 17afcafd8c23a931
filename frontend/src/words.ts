/** What people read, in their language. */

/** In the order of the lists below; other kinds of Norwegian read Bokmål. */
const LANGUAGES = ["en", "de", "fr", "es", "nb"] as const;
const ALIASES: Record<string, string> = { no: "nb", nn: "nb" };

type Words = readonly [string, string, string, string, string];

const WORDS = {
  free: ["Free", "Frei", "Libre", "Libre", "Ledig"],
  pending: [
    "Waiting for check-in",
    "Wartet auf Check-in",
    // With a place to break it where a phone has no room for so long a word.
    "Attend l’enregis\u00adtrement",
    "Espera el registro",
    "Venter på innsjekk",
  ],
  busy: ["Busy", "Belegt", "Occupée", "Ocupada", "Opptatt"],
  unknown: ["Unknown", "Unbekannt", "Inconnu", "Desconocido", "Ukjent"],
  until: ["until {time}", "bis {time}", "jusqu’à {time}", "hasta las {time}", "til {time}"],
  left: ["{length} left", "noch {length}", "encore {length}", "quedan {length}", "{length} igjen"],
  no_end: [
    "nothing booked in the days ahead",
    "nichts gebucht in den nächsten Tagen",
    "aucune réservation dans les prochains jours",
    "nada reservado en los próximos días",
    "ingenting booket de neste dagene",
  ],
  now: ["Now", "Jetzt", "Maintenant", "Ahora", "Nå"],
  next: ["Next", "Danach", "Ensuite", "Después", "Deretter"],
  nothing_next: [
    "Nothing booked",
    "Nichts gebucht",
    "Aucune réservation",
    "Nada reservado",
    "Ingenting booket",
  ],
  today: [
    "Bookings of the day",
    "Buchungen des Tages",
    "Réservations du jour",
    "Reservas del día",
    "Dagens bookinger",
  ],
  tentative: ["tentative", "vorläufig", "provisoire", "provisional", "foreløpig"],

  book_for: [
    "Book {length}",
    "{length} buchen",
    "Réserver {length}",
    "Reservar {length}",
    "Book {length}",
  ],
  book_until: [
    "Book until {time}",
    "Bis {time} buchen",
    "Réserver jusqu’à {time}",
    "Reservar hasta las {time}",
    "Book til {time}",
  ],
  extend_for: [
    "Extend {length}",
    "{length} verlängern",
    "Prolonger de {length}",
    "Alargar {length}",
    "Forleng {length}",
  ],
  extend_until: [
    "Extend until {time}",
    "Bis {time} verlängern",
    "Prolonger jusqu’à {time}",
    "Alargar hasta las {time}",
    "Forleng til {time}",
  ],
  end: [
    "End meeting",
    "Besprechung beenden",
    "Terminer la réunion",
    "Terminar la reunión",
    "Avslutt møtet",
  ],
  end_sure: [
    "Tap again to end",
    "Zum Beenden nochmals tippen",
    "Toucher encore pour terminer",
    "Toca otra vez para terminar",
    "Trykk igjen for å avslutte",
  ],
  check_in: ["Check in", "Einchecken", "S’enregistrer", "Registrarse", "Sjekk inn"],
  taken_from: [
    "Taken from {time}",
    "Belegt ab {time}",
    "Prise à partir de {time}",
    "Ocupada desde las {time}",
    "Opptatt fra {time}",
  ],
  working: [
    "Asking the room …",
    "Der Raum wird gefragt …",
    "La salle est interrogée…",
    "Preguntando a la sala…",
    "Spør rommet …",
  ],
  booked: [
    "Booked until {time}",
    "Gebucht bis {time}",
    "Réservée jusqu’à {time}",
    "Reservada hasta las {time}",
    "Booket til {time}",
  ],
  extended: [
    "Extended until {time}",
    "Verlängert bis {time}",
    "Prolongée jusqu’à {time}",
    "Alargada hasta las {time}",
    "Forlenget til {time}",
  ],
  ended: [
    "Meeting ended",
    "Besprechung beendet",
    "Réunion terminée",
    "Reunión terminada",
    "Møtet er avsluttet",
  ],
  checked_in: ["Checked in", "Eingecheckt", "Enregistré", "Registro hecho", "Sjekket inn"],
  not_allowed: [
    "Not allowed to you",
    "Dir nicht erlaubt",
    "Ne vous est pas permis",
    "No te está permitido",
    "Ikke tillatt for deg",
  ],
  not_connected: [
    "No connection",
    "Keine Verbindung",
    "Pas de connexion",
    "Sin conexión",
    "Ingen forbindelse",
  ],
  no_rights: [
    "You may look at this room, but not book it.",
    "Du darfst diesen Raum ansehen, aber nicht buchen.",
    "Vous pouvez voir cette salle, mais pas la réserver.",
    "Puedes ver esta sala, pero no reservarla.",
    "Du kan se dette rommet, men ikke booke det.",
  ],
  cut_off: [
    "The connection was lost before the answer came. Look at the room before you try again.",
    "Die Verbindung brach ab, bevor die Antwort kam. Sieh nach dem Raum, bevor du es nochmals versuchst.",
    "La connexion a été coupée avant la réponse. Vérifiez la salle avant de réessayer.",
    "La conexión se perdió antes de la respuesta. Mira la sala antes de intentarlo de nuevo.",
    "Forbindelsen ble brutt før svaret kom. Se på rommet før du prøver igjen.",
  ],

  lost: [
    "No connection to Home Assistant since {time}. What you see may be old.",
    "Keine Verbindung zu Home Assistant seit {time}. Die Anzeige kann veraltet sein.",
    "Pas de connexion à Home Assistant depuis {time}. L’affichage peut être ancien.",
    "Sin conexión con Home Assistant desde las {time}. Lo que ves puede ser antiguo.",
    "Ingen forbindelse til Home Assistant siden {time}. Det du ser kan være gammelt.",
  ],
  stale: [
    "No word from the room’s booking system since {time}. What you see may be old.",
    "Keine Nachricht vom Buchungssystem des Raums seit {time}. Die Anzeige kann veraltet sein.",
    "Aucune nouvelle du système de réservation depuis {time}. L’affichage peut être ancien.",
    "Sin noticias del sistema de reservas de la sala desde las {time}. Lo que ves puede ser antiguo.",
    "Ikke noe nytt fra rommets bookingsystem siden {time}. Det du ser kan være gammelt.",
  ],
  unreachable: [
    "The room’s booking system cannot be reached.",
    "Das Buchungssystem des Raums ist nicht erreichbar.",
    "Le système de réservation de la salle est injoignable.",
    "No se puede contactar con el sistema de reservas de la sala.",
    "Rommets bookingsystem kan ikke nås.",
  ],
  no_such_room: [
    "{entity} is not a room of Room Bookings.",
    "{entity} ist kein Raum von Room Bookings.",
    "{entity} n’est pas une salle de Room Bookings.",
    "{entity} no es una sala de Room Bookings.",
    "{entity} er ikke et rom i Room Bookings.",
  ],
  no_room_chosen: [
    "Choose a room’s calendar in the card’s settings.",
    "Wähle in den Einstellungen der Karte den Kalender eines Raums.",
    "Choisissez le calendrier d’une salle dans les réglages de la carte.",
    "Elige el calendario de una sala en los ajustes de la tarjeta.",
    "Velg et roms kalender i kortets innstillinger.",
  ],

  rooms: [
    "Meeting rooms",
    "Besprechungsräume",
    "Salles de réunion",
    "Salas de reuniones",
    "Møterom",
  ],
  free_of: [
    "{free} of {all} free",
    "{free} von {all} frei",
    "{free} sur {all} libres",
    "{free} de {all} libres",
    "{free} av {all} ledige",
  ],
  none_here: [
    "There are no meeting rooms here.",
    "Hier gibt es keine Besprechungsräume.",
    "Il n’y a pas de salle de réunion ici.",
    "Aquí no hay salas de reuniones.",
    "Det er ingen møterom her.",
  ],
  none_fits: [
    "No room is free for that.",
    "Dafür ist kein Raum frei.",
    "Aucune salle n’est libre pour cela.",
    "Ninguna sala está libre para eso.",
    "Ingen rom er ledige for det.",
  ],
  found: [
    "Free for {length}, best fit first",
    "Frei für {length}, passendste zuerst",
    "Libres pendant {length}, la mieux adaptée d’abord",
    "Libres durante {length}, la más adecuada primero",
    "Ledige i {length}, best egnet først",
  ],
  seats: ["{count} seats", "{count} Plätze", "{count} places", "{count} plazas", "{count} plasser"],
  people: ["People", "Personen", "Personnes", "Personas", "Personer"],
  minutes: ["Minutes", "Minuten", "Minutes", "Minutos", "Minutter"],
  find: ["Find", "Suchen", "Chercher", "Buscar", "Finn"],
  show_all: ["Show all", "Alle zeigen", "Tout afficher", "Mostrar todas", "Vis alle"],
  searching: ["Looking …", "Suche läuft …", "Recherche…", "Buscando…", "Leter …"],
  book_room: [
    "Book {room} for {length}",
    "{room} für {length} buchen",
    "Réserver {room} pour {length}",
    "Reservar {room} durante {length}",
    "Book {room} i {length}",
  ],
  book_room_until: [
    "Book {room} until {time}",
    "{room} bis {time} buchen",
    "Réserver {room} jusqu’à {time}",
    "Reservar {room} hasta las {time}",
    "Book {room} til {time}",
  ],

  panel_name: ["door panel", "Türschild", "écran de porte", "panel de puerta", "dørskilt"],
  board_name: ["board", "Übersicht", "tableau", "tablero", "oversikt"],
  strategy_description: [
    "A board of all meeting rooms, and a door panel for each.",
    "Eine Übersicht aller Räume und ein Türschild für jeden.",
    "Un tableau de toutes les salles et un écran de porte pour chacune.",
    "Un tablero de todas las salas y un panel de puerta para cada una.",
    "En oversikt over alle møterom, og et dørskilt for hvert.",
  ],
  option_entity: ["Room", "Raum", "Salle", "Sala", "Rom"],
  option_title: [
    "Title of bookings",
    "Titel der Buchungen",
    "Titre des réservations",
    "Título de las reservas",
    "Tittel på bookinger",
  ],
  option_board_title: ["Heading", "Überschrift", "Titre du tableau", "Encabezado", "Overskrift"],
  option_area_id: ["Areas", "Bereiche", "Pièces", "Áreas", "Områder"],
  option_floor_id: ["Floors", "Etagen", "Étages", "Plantas", "Etasjer"],
  option_label_id: ["Labels", "Labels", "Étiquettes", "Etiquetas", "Etiketter"],
  option_entities: ["Rooms", "Räume", "Salles", "Salas", "Rom"],
  help_places: [
    "Without these: all rooms.",
    "Ohne diese: alle Räume.",
    "Sans eux : toutes les salles.",
    "Sin nada de esto: todas las salas.",
    "Uten disse: alle rom.",
  ],
} satisfies Record<string, Words>;

/** Says something; `{name}`s in it are filled in. */
export type Say = (key: keyof typeof WORDS, values?: Record<string, string | number>) => string;

const known: Record<string, Say> = {};

/** The words of a language by its tag ("de-CH"), English where there are none. */
export function sayIn(language: string): Say {
  known[language] ??= speaker(language);
  return known[language];
}

function speaker(language: string): Say {
  const spoken = language.toLowerCase().split("-")[0] ?? "";
  const index = Math.max(
    0,
    LANGUAGES.findIndex((each) => each === (ALIASES[spoken] ?? spoken)),
  );
  return (key, values = {}) =>
    (WORDS[key][index] ?? "").replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      String(values[name] ?? ""),
    );
}
