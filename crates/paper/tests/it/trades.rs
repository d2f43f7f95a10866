//! Quotes, order confirmations and delivery notes of the same house.

use kernel::{Currency, Rate};
use paper::invoice::Reference;
use paper::trade::{TradeKind, TradeLine, TradePaper, TradePrice};

use crate::samples::{day, plain};

pub fn trade(kind: TradeKind) -> TradePaper {
    let paper = plain();
    let priced = kind != TradeKind::DeliveryNote;
    let lines = paper.lines.iter().map(|line| TradeLine {
        sku: line.sku.clone(),
        name: line.name.clone(),
        detail: None,
        ordered: (!priced).then_some(line.quantity),
        quantity: line.quantity,
        unit: line.unit.clone(),
        price: priced.then_some(TradePrice {
            unit_price: line.unit_price,
            discount: line.discount,
            vat_rate: line.vat.rate,
            net: line.net,
        }),
    });
    let number = match kind {
        TradeKind::Quote => "DE-2026-0412",
        TradeKind::OrderConfirmation => "CC-1160",
        TradeKind::DeliveryNote => "BL-2409",
    };
    TradePaper {
        kind,
        number: number.to_owned(),
        issued: day("2026-11-16"),
        currency: Currency::EUR,
        lines: lines.collect(),
        order: (!priced)
            .then(|| Reference { number: "CC-1160".to_owned(), day: day("2026-11-16") }),
        valid_until: (kind == TradeKind::Quote).then(|| day("2026-12-16")),
        delivery_day: Some(day("2026-11-24")),
        carrier: (!priced).then(|| "Messagerie du Nord".to_owned()),
        parcels: (!priced).then(|| "3 colis, 42 kg".to_owned()),
        deposit: priced.then_some((Rate::percent(30), paper.totals.gross.share(Rate::percent(30)))),
        totals: priced.then_some(paper.totals),
        vat: if priced { paper.vat.clone() } else { Vec::new() },
        terms:
            "Départ de nos ateliers de Roubaix, franco au-delà de 5 000 € HT. Paiement à 30 jours \
                fin de mois."
                .to_owned(),
        notes: Vec::new(),
        signed: None,
        seller: paper.seller,
        letterhead: paper.letterhead,
        buyer: paper.buyer,
        delivered_to: paper.delivered_to,
        purchase_order: paper.purchase_order,
        buyer_reference: paper.buyer_reference,
    }
}
