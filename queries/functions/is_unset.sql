-- Whether a value is what a form shows, or a program writes, where nobody chose: Select, -- please choose --, (not set), TBD.
create or replace macro is_unset(label) as
coalesce(
    regexp_full_match(
        word_key(label),
        '(please)?(select|choose|pick)(a|an|one|your|the|from)?(option|value|item|one|list|category|source|leadsource|segment|region|'
        || 'country|industry|campaign|product|reason|stage|team|owner|here)?|please(select|choose|pick).*|makea(choice|selection)|'
        || '(bitte)?(aus)?wählen|bitte.*wählen|(veuillez|merci)?(sélectionne[rz]|choisir|choisissez)(une?(option|valeur))?|'
        || '(porfavor)?(seleccion[ae]r?|elegir|elija)(una?(opción|valor))?|(porfavor)?(selecione|selecionar|escolha)(uma?(opção|valor))?|'
        || '(seleziona|selezionare|scegli)(un(opzione|valore))?|(maakeen)?(keuze|kieseenoptie|selecteer)|kies|wybierz|välj|vælg|velg|'
        || 'valitse|seçiniz|seçin|vyberte|選択してください|请选择'
    )
    or word_key(label) in (
        'notset', 'notspecified', 'notprovided', 'notgiven', 'notavailable', 'notapplicable', 'notdefined', 'notentered', 'notselected',
        'notassigned', 'noneselected', 'nothingselected', 'noselection', 'novalue', 'nodata', 'unspecified', 'undefined', 'unassigned',
        'unset', 'blank', 'empty', 'missing', 'placeholder', 'tbd', 'tba', 'tobedefined', 'tobedetermined', 'null', 'none', 'nil', 'n/a',
        'keineangabe', 'keineangaben', 'keine', 'ohneangabe', 'nichtangegeben', 'nichtgesetzt', 'nichtausgewählt', 'leer', 'platzhalter',
        'nonrenseigné', 'nonspécifié', 'nondéfini', 'nonprécisé', 'aucun', 'aucune', 'vide',
        'noespecificado', 'nodefinido', 'sinespecificar', 'sindefinir', 'sinasignar', 'sindatos', 'ninguno', 'ninguna', 'vacío',
        'nãoespecificado', 'nãodefinido', 'nãoinformado', 'nenhum', 'nenhuma', 'vazio',
        'nonspecificato', 'nondefinito', 'nonassegnato', 'nessuno', 'nessuna', 'vuoto',
        'nietopgegeven', 'nietingevuld', 'nietgespecificeerd', 'geen', 'leeg', 'brak', 'brakdanych', 'nieokreślono', 'belirtilmemiş',
        '未設定', '未選択', '未设置'
    ),
    false
);
