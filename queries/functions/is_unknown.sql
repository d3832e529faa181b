-- Whether a value says that nobody knows, in several languages. Somebody chose it: as a category it is one, as an id it is none.
create or replace macro is_unknown(label) as
coalesce(
    word_key(label) in (
        'unknown', 'notknown', 'unbekannt', 'inconnu', 'inconnue', 'desconocido', 'desconocida', 'desconhecido', 'desconhecida',
        'sconosciuto', 'sconosciuta', 'onbekend', 'ukendt', 'ukjent', 'okänd', 'okänt', 'tuntematon', 'nieznany', 'nieznane', 'neznámý',
        'neznámé', 'ismeretlen', 'necunoscut', 'bilinmiyor', '不明', '未知'
    ),
    false
);
