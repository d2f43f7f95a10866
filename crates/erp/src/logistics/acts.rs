//! What a person may do with a shipment. Shipping is not among them: it also touches the order, and
//! a process does both.

use kernel::{
    ActionDef, Day, Entity, FieldDef, Id, Origin, Outcome, Quantity, RawId, Record, Text,
};

use super::flow::{Packing, cancel, deliver, pack, pick, track};
use super::picking::{count, scan};
use super::shipment::{Shipment, ShipmentLine, ShipmentState};

const CARRIER: FieldDef =
    FieldDef::of::<Option<String>>("carrier", Text { fr: "Transporteur", en: "Carrier" }, "");
const TRACKING: FieldDef = FieldDef::of::<Option<String>>(
    "tracking",
    Text { fr: "Numéro de suivi", en: "Tracking number" },
    "",
);

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "shipment",
        name: "pick",
        label: Text { fr: "Prélever", en: "Pick" },
        doc: Text {
            fr: "Les articles ont été pris en rayon.",
            en: "The goods were taken off the shelf.",
        },
        inputs: &[FieldDef::of::<Option<bool>>(
            "partial",
            Text { fr: "Seulement ce qui est compté", en: "Only what was counted" },
            "Sends the part that was scanned or counted; the rest stays kept for the order.",
        )],
        offered: |record| leads_to(record, ShipmentState::Picked),
        run: |tx, _, id, inputs| {
            let partial = inputs.take::<Option<bool>>("partial")?.unwrap_or(false);
            pick(tx, Id::from_raw(id), partial).and(same(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "scan",
        label: Text { fr: "Scanner", en: "Scan" },
        doc: Text {
            fr: "Compte une unité de l’article dont le code a été lu.",
            en: "Counts one unit of the product whose code was read.",
        },
        inputs: &[FieldDef::of::<String>(
            "code",
            Text { fr: "Code", en: "Code" },
            "The barcode or the reference of the product.",
        )],
        offered: |record| leads_to(record, ShipmentState::Picked),
        run: |tx, _, id, inputs| {
            let line = scan(tx, Id::from_raw(id), &inputs.take::<String>("code")?)?;
            Ok(Some(Origin::of(line)))
        },
    },
    ActionDef {
        on: "shipment",
        name: "count",
        label: Text { fr: "Compter", en: "Count" },
        doc: Text {
            fr: "Dit combien d’une ligne a été prélevé.",
            en: "Says how much of a line was picked.",
        },
        inputs: &[
            FieldDef::of::<Id<ShipmentLine>>("line", Text { fr: "Ligne", en: "Line" }, ""),
            FieldDef::of::<Quantity>("quantity", Text { fr: "Quantité", en: "Quantity" }, ""),
        ],
        offered: |record| leads_to(record, ShipmentState::Picked),
        run: |tx, _, id, inputs| {
            let (line, quantity) = (inputs.take("line")?, inputs.take("quantity")?);
            count(tx, Id::from_raw(id), line, quantity).and(same(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "pack",
        label: Text { fr: "Emballer", en: "Pack" },
        doc: Text { fr: "Les colis sont prêts à partir.", en: "The parcels are ready to leave." },
        inputs: &[
            FieldDef::of::<Option<i64>>("parcels", Text { fr: "Colis", en: "Parcels" }, ""),
            FieldDef::of::<Option<i64>>(
                "weight_g",
                Text { fr: "Poids (g)", en: "Weight (g)" },
                "In grams.",
            ),
            CARRIER,
            TRACKING,
        ],
        offered: |record| leads_to(record, ShipmentState::Packed),
        run: |tx, _, id, inputs| {
            let packing = Packing {
                parcels: inputs.take("parcels")?,
                weight_g: inputs.take("weight_g")?,
                carrier: inputs.take("carrier")?,
                tracking: inputs.take("tracking")?,
            };
            pack(tx, Id::from_raw(id), packing).and(same(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "track",
        label: Text { fr: "Noter le suivi", en: "Note tracking" },
        doc: Text {
            fr: "Note le transporteur et le numéro de suivi.",
            en: "Notes the carrier and the tracking number.",
        },
        inputs: &[CARRIER, TRACKING],
        offered: |record| leads_to(record, ShipmentState::Shipped) || has_left(record),
        run: |tx, _, id, inputs| {
            let (carrier, tracking) = (inputs.take("carrier")?, inputs.take("tracking")?);
            track(tx, Id::from_raw(id), carrier, tracking).and(same(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "deliver",
        label: Text { fr: "Constater la livraison", en: "Mark delivered" },
        doc: Text { fr: "Le client a reçu les articles.", en: "The customer has the goods." },
        inputs: &[FieldDef::of::<Option<Day>>(
            "delivered_on",
            Text { fr: "Livrée le", en: "Delivered on" },
            "Today when left empty.",
        )],
        offered: |record| leads_to(record, ShipmentState::Delivered),
        run: |tx, _, id, inputs| {
            deliver(tx, Id::from_raw(id), inputs.take("delivered_on")?).and(same(id))
        },
    },
    ActionDef {
        on: "shipment",
        name: "cancel",
        label: Text { fr: "Annuler", en: "Cancel" },
        doc: Text {
            fr: "L’expédition ne partira pas ; la commande garde ses réservations.",
            en: "The shipment will not leave; the order keeps its reservations.",
        },
        inputs: &[],
        offered: |record| leads_to(record, ShipmentState::Cancelled),
        run: |tx, _, id, _| cancel(tx, Id::from_raw(id)).and(same(id)),
    },
];

fn same(id: RawId) -> Outcome {
    Ok(Some(Origin { entity: Shipment::DEF.name, id }))
}

fn leads_to(record: &Record, next: ShipmentState) -> bool {
    Shipment::of_record(record.clone()).is_ok_and(|shipment| shipment.state.may_become(next))
}

fn has_left(record: &Record) -> bool {
    Shipment::of_record(record.clone())
        .is_ok_and(|shipment| shipment.state == ShipmentState::Shipped)
}
