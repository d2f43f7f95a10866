//! What these pages say.

use kernel::Text;

macro_rules! said {
    ($($name:ident: $fr:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Text = Text::new($fr, $en);)*
    };
}

said! {
    STORY: "Fil", "Timeline";
    ALL: "Tout", "All";
    NOTES: "Notes", "Notes";
    TASKS: "Tâches", "Tasks";
    DOCUMENTS: "Documents", "Documents";
    EDITS: "Modifications", "Edits";
    NOTHING: "Rien ne s’est encore passé.", "Nothing has happened yet.";
    SEE_ALL: "Tout le fil", "See all";
    HISTORY: "Tout l’historique", "The whole history";
    FOLLOW: "Suivre", "Follow";
    UNFOLLOW: "Ne plus suivre", "Unfollow";
    FOLLOWED: "Vous suivez cette fiche.", "You follow this record.";
    FOLLOWING_NOW: "Vous serez prévenu des changements.", "You will be told of changes.";
    FOLLOWING_NO_MORE: "Vous ne suivez plus cette fiche.", "You no longer follow this record.";
    DONE: "C’est fait", "Done";
    REOPEN: "Remettre à faire", "Reopen";
    TASK_DUE: "Tâche à faire", "Task due";
    WRITE: "Écrire au fil", "Write on the timeline";
    NEW_TASK: "Nouvelle tâche", "New task";
    WRITE_HINT: "Une note, un appel, une tâche… @ pour prévenir quelqu’un",
        "A note, a call, a task… @ to tell someone";
    NOTE: "Note", "Note";
    CALL: "Appel", "Call";
    MAIL: "Courriel", "Mail";
    TASK: "Tâche", "Task";
    KIND: "Nature", "Kind";
    DUE: "Pour le", "Due on";
    ASSIGNEE: "Confiée à", "Assigned to";
    ADD: "Ajouter", "Add";
    WRITTEN: "C’est noté.", "Written down.";
    NOTIFICATIONS: "Notifications", "Notifications";
    READ_ALL: "Tout marquer comme lu", "Mark all as read";
    READ_ONE: "Marquer comme lue", "Mark as read";
    NO_NOTIFICATIONS: "Rien à signaler.", "Nothing to tell.";
    NO_NOTIFICATIONS_NEXT:
        "On vous prévient ici quand quelqu’un vous cite par @, vous confie une tâche, ou change une \
         fiche que vous suivez.",
        "You are told here when someone names you with @, gives you a task, or changes a record that \
         you follow.";
    TODAY: "Ma journée", "My day";
    NO_TASKS: "Aucune tâche ne vous attend.", "No task is waiting for you.";
    LATE: "En retard", "Late";
    FOR_TODAY: "Aujourd’hui", "Today";
    THIS_WEEK: "Cette semaine", "This week";
    LATER: "Plus tard", "Later";
    NEXT_STEPS: "Prochaines actions", "Next steps";
    HELD: "Commandes retenues", "Orders on hold";
    CHANGES: "Changé depuis hier", "Changed since yesterday";
    NOTHING_TODAY: "Rien ne vous attend aujourd’hui.", "Nothing is waiting for you today.";
    NOTHING_TODAY_NEXT:
        "Vos tâches, vos prochaines actions et ce qui change dans les fiches que vous suivez viennent \
         ici. Notez une tâche ci-contre, ou suivez une fiche par « Suivre », en haut d’elle.",
        "Your tasks, your next steps and what changes in the records you follow come here. Write a \
         task beside, or follow a record with “Follow”, at its top.";
}
