//! The short words of the screens, in both languages. Labels of entities, fields and acts live
//! beside them; sentences of refusals live in `locales/`.

use kernel::{Language, Text};

macro_rules! words {
    ($($name:ident: $fr:literal, $en:literal;)*) => {
        $(pub const $name: Text = Text::new($fr, $en);)*
        /// Every word of the screens.
        pub const ALL: &[Text] = &[$($name),*];
    };
}

/// Two parts and the colon between them, set as the language sets it.
#[must_use]
pub fn colon(language: Language, before: &str, after: &str) -> String {
    match language {
        Language::French => format!("{before} : {after}"),
        Language::English => format!("{before}: {after}"),
    }
}

/// What is said when an act is done: its name, and that it is.
#[must_use]
pub fn done(language: Language, act: &str) -> String {
    colon(language, act, &DONE.say(language).to_lowercase())
}

/// Whether so many take the singular: in French, none does too.
#[must_use]
pub fn singular(language: Language, count: impl TryInto<u64>) -> bool {
    let count = count.try_into().unwrap_or(u64::MAX);
    match language {
        Language::French => count < 2,
        Language::English => count == 1,
    }
}

words! {
    // Acts
    SAVE: "Enregistrer", "Save";
    CREATE: "Créer", "Create";
    NEW: "Nouveau", "New";
    EDIT: "Modifier", "Edit";
    DELETE: "Supprimer", "Delete";
    CANCEL: "Annuler", "Cancel";
    BACK: "Revenir", "Go back";
    RETRY: "Réessayer", "Try again";
    EXPORT: "Exporter", "Export";
    FILTER: "Filtrer", "Filter";
    CLEAR: "Retirer les filtres", "Remove the filters";
    SEARCH: "Chercher", "Search";
    SEE: "Voir", "See";
    SEE_ALL: "Tout voir", "See all";
    SEE_LIST: "Voir la liste", "See the list";
    ADD: "Ajouter", "Add";
    HOME: "Accueil", "Home";
    SIGN_IN: "Se connecter", "Sign in";
    SIGN_OUT: "Se déconnecter", "Sign out";

    // Lists
    ALL_OF_THEM: "Tout", "All";
    FROM: "du", "from";
    UNTIL: "au", "to";
    NOT_FILLED: "vide", "empty";
    YES: "oui", "yes";
    NO: "non", "no";
    NOTHING_MATCHES: "Rien ne correspond à ces filtres.", "Nothing matches these filters.";
    NOTHING_YET: "Rien ici pour l’instant.", "Nothing here yet.";
    FIRST_ONE: "La première fiche se crée d’ici.", "The first record is created from here.";
    KEPT_BY_HOUSE: "Ces fiches sont écrites par Comptoir au fil du travail.",
        "Comptoir writes these records as work goes on.";

    // Records
    NONE: "aucun", "none";
    DETAILS: "Détail", "Details";
    AMOUNTS: "Montants", "Amounts";
    TRACKING: "Suivi", "Tracking";
    OWN_FIELDS: "Champs de la société", "The company’s own fields";
    RECORD: "Fiche", "Record";
    HISTORY: "Historique", "History";
    CREATED: "Création", "Created";
    UPDATED: "Dernière modification", "Last change";
    DID_CREATE: "a créé la fiche", "created the record";
    DID_UPDATE: "a modifié", "changed";
    DID_DELETE: "a supprimé la fiche", "deleted the record";
    NO_HISTORY: "Aucun changement n’est noté.", "No change is noted.";
    BY_WEB: "à l’écran", "on screen";
    BY_REST: "par l’API", "through the API";
    BY_IMPORT: "par import", "by import";
    BY_EVENT: "Comptoir, de lui-même", "Comptoir by itself";
    BY_CONSOLE: "en ligne de commande", "on the command line";
    HIDDEN: "réservé", "restricted";

    // Forms
    NO_CHOICE: "—", "—";
    SAVED: "Enregistré.", "Saved.";
    CREATED_NOW: "La fiche est créée.", "The record is created.";
    DELETED: "La fiche est supprimée.", "The record is deleted.";
    DONE: "C’est fait.", "Done.";
    SURE: "Supprimer cette fiche ?", "Delete this record?";
    SURE_WHY: "La suppression est définitive ; l’historique en garde la trace.",
        "Deleting is final; the history keeps a trace of it.";
    STALE: "Quelqu’un d’autre a modifié cette fiche pendant votre saisie.",
        "Someone else changed this record while you were typing.";
    STALE_NEXT: "Vos valeurs sont dans le formulaire ; celles de la fiche sont à côté. Corrigez ce \
        qu’il faut, puis enregistrez : ce que vous voyez ici remplacera la fiche.",
        "Your values are in the form; those of the record are beside them. Mend what you must, then \
        save: what you see here will replace the record.";
    YOURS: "Votre saisie", "Your entry";
    THEIRS: "La fiche, maintenant", "The record, now";
    FIELD: "Champ", "Field";
    SEND_AGAIN: "Ce formulaire avait déjà été envoyé avec d’autres valeurs. Vérifiez, puis envoyez \
        à nouveau.",
        "This form was already sent with other values. Check it, then send it again.";
    IRREVERSIBLE: "Vérifiez, puis confirmez.", "Check, then confirm.";

    // Undoing, cells, many at once
    UNDO: "Défaire", "Undo";
    REDO: "Rétablir", "Redo";
    UNDONE: "C’est défait.", "Undone.";
    UNDO_REFUSED: "Cela ne se défait pas", "This cannot be undone";
    UNDO_REFUSED_NEXT: "Rien n’a changé.", "Nothing has changed.";
    UNDO_WAYS: "Ce qui est validé se corrige par l’acte prévu pour cela :",
        "What is confirmed is mended by the act made for it:";
    CELL_THEIRS: "Entre-temps, quelqu’un d’autre a mis", "Meanwhile someone else put";
    CELL_MINE: "Enregistrez à nouveau pour garder la vôtre, ou renoncez.",
        "Save again to keep yours, or give up.";
    MANY_EDIT: "Modifier un champ", "Change a field";
    MANY_ACT: "Autre action", "Another act";
    MANY_TITLE: "Plusieurs fiches à la fois", "Several records at once";
    MANY_WHICH: "Quelles fiches", "Which records";
    MANY_CHOSEN: "celles qui sont choisies", "those that are chosen";
    MANY_ALL: "toutes celles que la liste retient", "all those that the list holds";
    MANY_MORE: "plus de", "more than";
    MANY_WHAT: "Quoi", "What";
    MANY_NEXT: "Continuer", "Continue";
    MANY_PREVIEW: "Voir ce qui changera", "See what will change";
    MANY_RUN: "Lancer", "Run";
    MANY_RECORD: "fiche", "record";
    MANY_RECORDS: "fiches", "records";
    MANY_SAMPLE: "Essai à blanc sur les premières fiches", "Rehearsed on the first records";
    MANY_OF: "sur", "of";
    MANY_WOULD: "Changeraient", "Would change";
    MANY_REFUSED: "Seraient refusées", "Would be refused";
    MANY_REST: "Les autres n’ont pas été essayées : chacune sera changée ou refusée à son tour.",
        "The others were not rehearsed: each will be changed or refused in its turn.";
    MANY_BEFORE: "Avant", "Before";
    MANY_AFTER: "Après", "After";
    MANY_REASON: "Motif", "Reason";
    MANY_JOB: "Traitement", "Job";
    MANY_WAITING: "En attente : il commence dans un instant.", "Waiting: it begins in a moment.";
    MANY_RUNNING: "En cours. Cette page se met à jour ; vous pouvez la quitter.",
        "Under way. This page follows; you may leave it.";
    MANY_ASKED: "Demandées", "Asked for";
    MANY_DONE: "Faites", "Done";
    MANY_NOT: "Refusées", "Refused";
    MANY_UNDO: "Tout défaire", "Undo all";
    MANY_REPORT: "Refus en CSV", "Refusals as CSV";
    MANY_BACK: "Revenir à la liste", "Back to the list";
    MANY_FIRST: "Les premiers refus", "The first refusals";

    // Refusals on a whole page
    NOT_FOUND: "Introuvable", "Not found";
    NOT_FOUND_NEXT: "Elle a peut-être été supprimée, ou son adresse est incomplète. Cherchez-la par son \
        nom ou son numéro.",
        "It may have been deleted, or its address is incomplete. Look for it by name or number.";
    FORBIDDEN: "Droit manquant", "Right missing";
    FORBIDDEN_NEXT: "Demandez ce droit à la personne qui gère les utilisateurs de votre société.",
        "Ask the person who manages your company’s users for this right.";
    CONFLICT: "Conflit", "Conflict";
    CONFLICT_NEXT: "Rien n’est enregistré. Relisez la fiche, puis recommencez.",
        "Nothing is saved. Read the record again, then start over.";
    REFUSED: "Demande refusée", "Request refused";
    REFUSED_NEXT: "Rien n’est enregistré. Revenez en arrière et corrigez.",
        "Nothing is saved. Go back and mend it.";
    BUSY: "Momentanément indisponible", "Unavailable for a moment";
    BUSY_NEXT: "Rien n’est perdu : réessayez dans un instant.",
        "Nothing is lost: try again in a moment.";
    BROKEN: "Erreur de Comptoir", "Comptoir’s own error";
    BROKEN_NEXT: "L’erreur est notée dans le journal du serveur. Réessayez ; si elle revient, \
        prévenez la personne qui administre Comptoir.",
        "The error is noted in the server’s log. Try again; if it comes back, tell the person who \
        administers Comptoir.";

    // Sign-in
    SIGN_IN_TITLE: "Connexion", "Sign in";
    EMAIL: "Adresse électronique", "Email address";
    PASSWORD: "Mot de passe", "Password";
    SIGN_IN_FIRST: "Connectez-vous pour continuer.", "Sign in to go on.";
    DEMO_HINT: "Société de démonstration. Vous pouvez entrer avec :",
        "Demonstration company. You can enter with:";
    NOBODY_YET: "Aucun utilisateur n’existe encore. Lancez « comptoir demo », ou créez une personne \
        avec « comptoir user ».",
        "No user exists yet. Run “comptoir demo”, or create a person with “comptoir user”.";

    // Settings
    SETTINGS: "Réglages", "Settings";
    MY_ACCOUNT: "Mon compte", "My account";
    APPEARANCE: "Affichage", "Appearance";
    LANGUAGE: "Langue", "Language";
    COLOURS: "Couleurs", "Colours";
    LINES: "Lignes", "Lines";
    AUTO: "Auto", "Auto";
    LIGHT: "Clair", "Light";
    DARK: "Sombre", "Dark";
    TIGHT: "Serrées", "Tight";
    AIRY: "Aérées", "Airy";
    NAME: "Nom", "Name";
    ROLE: "Rôle", "Role";
    WHY: "Pourquoi ?", "Why?";
    KEYS: "Raccourcis clavier", "Keyboard shortcuts";
    CURRENT_PASSWORD: "Mot de passe actuel", "Current password";
    NEW_PASSWORD: "Nouveau mot de passe", "New password";
    CHANGE_PASSWORD: "Changer le mot de passe", "Change the password";
    PASSWORD_CHANGED: "Le mot de passe est changé.", "The password is changed.";

    // Navigation
    SALES: "Ventes", "Sales";
    STOCK: "Stock", "Stock";
    FINANCE: "Finance", "Finance";
    OTHERS: "Autres fiches", "Other records";

    // Palette
    RECORDS: "Fiches", "Records";
    PLACES: "Pages", "Pages";
    COMMANDS: "Actions", "Actions";

    // Home
    HELLO: "Bonjour", "Good day";
    WAITING: "Ce qui attend", "What is waiting";
    NOTHING_WAITS: "Rien n’attend personne.", "Nothing is waiting.";
    HOLDS: "Commandes retenues", "Orders on hold";
    TO_SHIP: "À expédier", "To ship";
    TO_PREPARE: "Commandes à préparer", "Orders to prepare";
    TO_MATCH: "Mouvements à rapprocher", "Bank lines to match";
    MATCH_IT: "à rapprocher", "to match";
    NEXT_SALES: "Opportunités à suivre", "Opportunities to follow up";
    TO_POST: "Factures à valider", "Invoices to post";
    OVERDUE: "Factures échues", "Overdue invoices";
    TASKS: "Tâches du jour", "Tasks due";
    HELD: "retenue", "held";
    POST_IT: "à valider", "to post";
    PAST_DUE: "échue", "overdue";
    TO_DO: "à faire", "to do";
    SENT: "envoyé", "sent";
    QUOTES_OPEN: "Devis envoyés", "Quotes sent";
    ORDERED_MONTH: "Commandes du mois, HT", "Orders this month, excl. tax";
    INVOICED_MONTH: "Facturé ce mois, HT", "Invoiced this month, excl. tax";
    RECEIVED_MONTH: "Encaissé ce mois", "Received this month";
    RECEIVABLE: "À encaisser", "To collect";
    OVERDUE_SUM: "Échu", "Overdue";
    ORDER_COUNT: "commande", "order";
    ORDERS_COUNT: "commandes", "orders";
    INVOICE_COUNT: "facture", "invoice";
    INVOICES_COUNT: "factures", "invoices";
    PAYMENT_COUNT: "encaissement", "payment";
    PAYMENTS_COUNT: "encaissements", "payments";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_word_is_there_in_both_languages() {
        for word in super::ALL {
            assert!(!word.fr.is_empty() && !word.en.is_empty());
            assert!(!word.fr.contains("  ") && !word.en.contains("  "), "{}", word.en);
        }
    }
}
