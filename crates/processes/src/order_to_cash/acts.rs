//! What a person may ask of an order, a shipment, an invoice, a payment: buttons, and `POST`s.

use crm::sales::{HoldKind, Order, OrderStage};
use erp::finance::{self, BankLine, Invoice, Payment};
use erp::inventory::Shortage;
use erp::logistics::{Shipment, ShipmentState};
use kernel::{
    ActionDef, Actor, Day, Entity, FieldDef, Id, Inputs, Origin, Outcome, Rate, RawId, Record,
    Text, Tx,
};

use super::{billing, closing, confirm, delivery, holds, payments};

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "order",
        name: "confirm",
        label: Text::new("Confirmer", "Confirm"),
        doc: Text::new(
            "La commande est ferme : le crédit du client est jugé, les articles sont réservés.",
            "The order is firm: the customer's credit is judged, the goods are reserved.",
        ),
        inputs: &[FieldDef::of::<Option<bool>>(
            "partial",
            Text::new("Livrer en plusieurs fois si besoin", "Deliver in parts if need be"),
            "Accepts the order although something is short: the rest waits.",
        )],
        offered: |record| at(record, OrderStage::Draft),
        run: |tx, actor, id, inputs| {
            let partial = inputs.take::<Option<bool>>("partial")?.unwrap_or(false);
            let confirmed = confirm::confirm(tx, actor, Id::from_raw(id), partial)?;
            Ok(Some(Origin::of(confirmed.order)))
        },
    },
    ActionDef {
        on: "order",
        name: "reserve",
        label: Text::new("Réserver", "Reserve"),
        doc: Text::new(
            "Réserve ce qui s’est libéré de ce que la commande attend.",
            "Reserves what has become free of what the order waits for.",
        ),
        inputs: &[],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, _| delivery::reserve(tx, actor, Id::from_raw(id)).and(order(id)),
    },
    ActionDef {
        on: "order",
        name: "prepare",
        label: Text::new("Préparer l’expédition", "Prepare shipment"),
        doc: Text::new(
            "Prépare l’expédition de ce qui est réservé.",
            "Draws up a shipment of what is reserved.",
        ),
        inputs: &[],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, _| {
            let shipment = delivery::prepare(tx, actor, Id::from_raw(id))?;
            Ok(Some(Origin::of(shipment)))
        },
    },
    ActionDef {
        on: "order",
        name: "deposit",
        label: Text::new("Facturer l’acompte", "Invoice deposit"),
        doc: Text::new(
            "Émet la facture d’acompte de la commande.",
            "Issues the deposit invoice of the order.",
        ),
        inputs: &[FieldDef::of::<Option<Rate>>(
            "rate",
            Text::new("Part du total", "Share of the total"),
            "The order's own when left empty.",
        )],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, inputs| {
            let rate = inputs.take("rate")?;
            let deposit = billing::deposit_invoice(tx, actor, Id::from_raw(id), rate)?;
            Ok(Some(Origin::of(deposit)))
        },
    },
    ActionDef {
        on: "order",
        name: "invoice",
        label: Text::new("Facturer", "Invoice"),
        doc: Text::new(
            "Émet la facture de ce qui est à facturer, acomptes déduits.",
            "Issues the invoice of what is to be invoiced, less the deposits.",
        ),
        inputs: &[],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, _| {
            let invoice = billing::invoice(tx, actor, Id::from_raw(id))?;
            Ok(Some(Origin::of(invoice)))
        },
    },
    ActionDef {
        on: "order",
        name: "hold",
        label: Text::new("Bloquer", "Hold"),
        doc: Text::new(
            "Rien ne part plus tant que le blocage n’est pas levé.",
            "Nothing leaves until the hold is released.",
        ),
        inputs: &[
            FieldDef::of::<String>("reason", Text::new("Motif", "Reason"), "Why it is held."),
            FieldDef::of::<Option<String>>(
                "owner",
                Text::new("Responsable", "Owner"),
                "Who is to release it; oneself when left empty.",
            ),
        ],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, inputs| {
            let (reason, owner) = (inputs.take::<String>("reason")?, inputs.take("owner")?);
            holds::hold(tx, actor, Id::from_raw(id), &reason, owner).and(order(id))
        },
    },
    ActionDef {
        on: "order",
        name: "release_hold",
        label: Text::new("Débloquer", "Release"),
        doc: Text::new(
            "Lève les blocages de la commande, ou ceux d’une nature.",
            "Releases the holds of the order, or those of one kind.",
        ),
        inputs: &[
            FieldDef::of::<Option<HoldKind>>(
                "kind",
                Text::new("Nature", "Kind"),
                "All of them when left empty.",
            ),
            FieldDef::of::<Option<String>>("note", Text::new("Note", "Note"), "Why it may go on."),
        ],
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, inputs| {
            let (kind, note) = (inputs.take("kind")?, inputs.take("note")?);
            holds::release_hold(tx, actor, Id::from_raw(id), kind, note).and(order(id))
        },
    },
    ActionDef {
        on: "order",
        name: "close",
        label: Text::new("Clore", "Close"),
        doc: Text::new(
            "Clôt la commande ; ce qui n’est pas livré est abandonné.",
            "Closes the order; what was not delivered is given up.",
        ),
        inputs: REASON,
        offered: |record| at(record, OrderStage::Confirmed),
        run: |tx, actor, id, inputs| {
            closing::close(tx, actor, Id::from_raw(id), inputs.take("reason")?).and(order(id))
        },
    },
    ActionDef {
        on: "order",
        name: "cancel",
        label: Text::new("Annuler", "Cancel"),
        doc: Text::new(
            "Annule une commande dont rien n’est parti ni facturé.",
            "Cancels an order of which nothing has left and nothing is invoiced.",
        ),
        inputs: REASON,
        offered: |record| at(record, OrderStage::Draft) || at(record, OrderStage::Confirmed),
        run: |tx, actor, id, inputs| {
            closing::cancel(tx, actor, Id::from_raw(id), inputs.take("reason")?).and(order(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "ship",
        label: Text::new("Expédier", "Ship"),
        doc: Text::new(
            "Les articles partent : le stock sort, la commande avance.",
            "The goods leave: the stock goes out, the order moves on.",
        ),
        inputs: &[],
        offered: |record| {
            Shipment::of_record(record.clone())
                .is_ok_and(|shipment| shipment.state.may_become(ShipmentState::Shipped))
        },
        run: |tx, actor, id, _| {
            let id = Id::<Shipment>::from_raw(id);
            delivery::ship(tx, actor, id, Shortage::Refuse)?;
            Ok(Some(Origin::of(id)))
        },
    },
    // What finance does, and the orders follow.
    ActionDef { run: post, ..finance::POST },
    ActionDef { run: credit, ..finance::CREDIT },
    ActionDef { run: pay, ..finance::PAY },
    ActionDef { run: allocate, ..finance::ALLOCATE },
    ActionDef { run: undo_payment, ..finance::UNDO_PAYMENT },
    ActionDef { run: accept_match, ..finance::ACCEPT_MATCH },
    ActionDef { run: undo_match, ..finance::UNDO_MATCH },
];

const REASON: &[FieldDef] = &[FieldDef::of::<Option<String>>(
    "reason",
    Text::new("Motif", "Reason"),
    "Why; needed when something is given up.",
)];

fn at(record: &Record, stage: OrderStage) -> bool {
    OrderStage::of(record) == Some(stage)
}

fn order(id: RawId) -> Outcome {
    Ok(Some(Origin::of(Id::<Order>::from_raw(id))))
}

fn post(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let id = Id::<Invoice>::from_raw(id);
    billing::post(tx, actor, id)?;
    Ok(Some(Origin::of(id)))
}

fn credit(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let note = billing::credit(tx, actor, Id::from_raw(id), &[], inputs.take("reason")?)?;
    Ok(Some(Origin::of(note)))
}

fn pay(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let paying = payments::Paying {
        day: inputs.take::<Option<Day>>("day")?.unwrap_or(tx.today()),
        amount: inputs.take("amount")?,
        method: inputs.take("method")?,
        reference: inputs.take("reference")?,
    };
    let payment = payments::pay(tx, actor, Id::from_raw(id), paying)?;
    Ok(Some(Origin::of(payment)))
}

fn allocate(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let orders = payments::hold_orders(tx, &[inputs.take("invoice")?])?;
    let outcome = (finance::ALLOCATE.run)(tx, actor, id, inputs)?;
    payments::converge_all(tx, &orders)?;
    Ok(outcome)
}

fn undo_payment(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let id = Id::<Payment>::from_raw(id);
    payments::undo(tx, actor, id)?;
    Ok(Some(Origin::of(id)))
}

/// What the line pays is found by finance: the orders are known only then.
fn accept_match(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let outcome = (finance::ACCEPT_MATCH.run)(tx, actor, id, inputs)?;
    if let Some(payment) = tx.get(Id::<BankLine>::from_raw(id))?.payment {
        payments::matched(tx, id, payment)?;
    }
    Ok(outcome)
}

fn undo_match(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let id = Id::<BankLine>::from_raw(id);
    payments::undo_match(tx, actor, id)?;
    Ok(Some(Origin::of(id)))
}
