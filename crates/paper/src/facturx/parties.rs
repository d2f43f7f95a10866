//! Who sells, who buys, what was ordered, where it went.

use super::date;
use super::tree::Tree;
use crate::invoice::{InvoicePaper, VatCategory};
use crate::party::{Address, Party};

pub fn agreement(tree: &mut Tree, paper: &InvoicePaper) {
    // An invoice out of the scope of VAT may name no VAT number (BR-O-02).
    let taxed = !paper.vat.iter().any(|total| total.vat.category == VatCategory::OutOfScope);
    tree.node("ram:ApplicableHeaderTradeAgreement", |tree| {
        tree.leaf_opt("ram:BuyerReference", paper.buyer_reference.as_ref());
        tree.node("ram:SellerTradeParty", |tree| {
            identity(tree, &paper.seller, paper.letterhead.trade_name.as_ref());
            contact(tree, &paper.seller);
            place(tree, &paper.seller);
            endpoint(tree, &paper.seller, &paper.seller);
            if taxed {
                seller_registration(tree, &paper.seller);
            }
        });
        tree.node("ram:BuyerTradeParty", |tree| {
            identity(tree, &paper.buyer, None);
            place(tree, &paper.buyer);
            endpoint(tree, &paper.buyer, &paper.seller);
            if let Some(number) = paper.buyer.vat_number.as_ref().filter(|_| taxed) {
                registration(tree, "VA", number);
            }
        });
        if let Some(order) = &paper.order {
            tree.node("ram:SellerOrderReferencedDocument", |tree| {
                tree.leaf("ram:IssuerAssignedID", &order.number);
            });
        }
        if let Some(number) = &paper.purchase_order {
            tree.node("ram:BuyerOrderReferencedDocument", |tree| {
                tree.leaf("ram:IssuerAssignedID", number);
            });
        }
    });
}

fn identity(tree: &mut Tree, party: &Party, trade_name: Option<&String>) {
    if let Some(siret) = &party.siret {
        tree.leaf_with("ram:GlobalID", &[("schemeID", "0009")], siret);
    }
    tree.leaf("ram:Name", &party.name);
    if party.siren.is_some() || trade_name.is_some() {
        tree.node("ram:SpecifiedLegalOrganization", |tree| {
            if let Some(siren) = &party.siren {
                tree.leaf_with("ram:ID", &[("schemeID", "0002")], siren);
            }
            tree.leaf_opt("ram:TradingBusinessName", trade_name);
        });
    }
}

fn contact(tree: &mut Tree, party: &Party) {
    if party.phone.is_none() && party.email.is_none() {
        return;
    }
    tree.node("ram:DefinedTradeContact", |tree| {
        if let Some(phone) = &party.phone {
            tree.node("ram:TelephoneUniversalCommunication", |tree| {
                tree.leaf("ram:CompleteNumber", phone);
            });
        }
        if let Some(email) = &party.email {
            tree.node("ram:EmailURIUniversalCommunication", |tree| tree.leaf("ram:URIID", email));
        }
    });
}

fn place(tree: &mut Tree, party: &Party) {
    postal_address(tree, &party.address);
}

fn postal_address(tree: &mut Tree, address: &Address) {
    tree.node("ram:PostalTradeAddress", |tree| {
        tree.leaf("ram:PostcodeCode", &address.postcode);
        let mut lines = address.lines.iter().filter(|line| !line.trim().is_empty());
        tree.leaf_opt("ram:LineOne", lines.next());
        tree.leaf_opt("ram:LineTwo", lines.next());
        tree.leaf("ram:LineThree", &lines.map(String::as_str).collect::<Vec<_>>().join(", "));
        tree.leaf("ram:CityName", &address.city);
        tree.leaf("ram:CountryID", &address.country);
    });
}

/// The electronic address, compulsory on both sides (BR-FR-12, BR-FR-13). The invoice of a walk-in
/// buyer, who has none, stays at the seller's.
fn endpoint(tree: &mut Tree, party: &Party, seller: &Party) {
    if let Some(address) = party.endpoint().or_else(|| seller.endpoint()) {
        tree.node("ram:URIUniversalCommunication", |tree| {
            tree.leaf_with("ram:URIID", &[("schemeID", &address.scheme)], &address.address);
        });
    }
}

/// The VAT number, or the SIREN as the local tax registration of who has none (BT-32).
fn seller_registration(tree: &mut Tree, seller: &Party) {
    match (&seller.vat_number, &seller.siren) {
        (Some(number), _) => registration(tree, "VA", number),
        (None, Some(siren)) => registration(tree, "FC", siren),
        (None, None) => {}
    }
}

fn registration(tree: &mut Tree, scheme: &str, number: &str) {
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    tree.node("ram:SpecifiedTaxRegistration", |tree| {
        tree.leaf_with("ram:ID", &[("schemeID", scheme)], &number);
    });
}

pub fn delivery(tree: &mut Tree, paper: &InvoicePaper) {
    let abroad = paper.vat.iter().any(|total| {
        matches!(total.vat.category, VatCategory::IntraCommunity | VatCategory::Export)
    });
    tree.node("ram:ApplicableHeaderTradeDelivery", |tree| {
        // Goods that leave the country say where they go (BR-IC-12).
        let to = paper.delivered_to.as_ref().or_else(|| abroad.then_some(&paper.buyer));
        if let Some(party) = to {
            tree.node("ram:ShipToTradeParty", |tree| {
                tree.leaf("ram:Name", &party.name);
                postal_address(tree, &party.address);
            });
        }
        // ... and when (BR-IC-11).
        if let Some(day) = paper.delivered.or_else(|| abroad.then_some(paper.issued)) {
            tree.node("ram:ActualDeliverySupplyChainEvent", |tree| {
                date(tree, "ram:OccurrenceDateTime", day);
            });
        }
        if let Some(number) = paper.delivery_notes.first() {
            tree.node("ram:DespatchAdviceReferencedDocument", |tree| {
                tree.leaf("ram:IssuerAssignedID", number);
            });
        }
    });
}
