//! What an invoice must hold before it may be written: said in one pass, before any byte.

use kernel::{Currency, Fault, Faults, Money, Rate};

use crate::invoice::{
    Audience, InvoiceKind, InvoicePaper, Reference, Totals, VatCategory, vat_totals,
};

/// The VAT rates that France knows, in millionths (BR-FR-16).
const RATES: [i64; 15] = [
    0, 9_000, 10_500, 17_500, 21_000, 55_000, 70_000, 85_000, 92_000, 96_000, 100_000, 130_000,
    196_000, 200_000, 206_000,
];

impl InvoicePaper {
    /// Whether the facts make a lawful invoice whose sums hold.
    ///
    /// # Errors
    /// `invoice.number`, `invoice.seller_siren`, `invoice.seller_vat_number`, `invoice.buyer_siren`,
    /// `invoice.buyer_vat_number`, `invoice.name`, `invoice.country`, `invoice.lines`,
    /// `invoice.line_name`, `invoice.unit_price`, `invoice.discount`, `invoice.line_net`, `invoice.vat_rate`,
    /// `invoice.exemption`, `invoice.vat_totals`, `invoice.totals`, `invoice.currency`,
    /// `invoice.tax_in_euro`, `invoice.preceding`, `invoice.due`,
    /// `invoice.terms`, `invoice.mentions`.
    pub fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.of_one_currency(), || Fault::new("invoice.currency"));
        // Sums of two currencies cannot even be tried.
        faults.clone().into_result()?;
        self.check_head(&mut faults);
        self.check_parties(&mut faults);
        self.check_lines(&mut faults);
        self.check_sums(&mut faults);
        faults.into_result()
    }

    fn of_one_currency(&self) -> bool {
        let totals = &self.totals;
        let sums = [totals.net, totals.tax, totals.gross, totals.prepaid, totals.due];
        let mut amounts: Vec<Money> = sums.to_vec();
        amounts.extend(self.lines.iter().map(|line| line.net));
        amounts.extend(self.vat.iter().flat_map(|total| [total.base, total.tax]));
        amounts.extend(self.prepayments.iter().map(|payment| payment.amount));
        amounts.iter().all(|amount| amount.currency == self.currency)
            && self.lines.iter().all(|line| line.unit_price.currency == self.currency)
    }

    fn check_head(&self, faults: &mut Faults) {
        faults.ensure(number_holds(&self.number), || Fault::new("invoice.number").on("number"));
        let early = self.due.is_some_and(|due| due < self.issued);
        let free = self.kind == InvoiceKind::Deposit || self.already_paid();
        faults.ensure(!early || free, || Fault::new("invoice.due").on("due"));
        // BR-CO-25: what is owed says when or how it is paid.
        let told = self.due.is_some() || !self.terms.trim().is_empty();
        faults
            .ensure(told || self.totals.due.minor <= 0, || Fault::new("invoice.terms").on("terms"));
        let mentions = [&self.mentions.discount, &self.mentions.penalties, &self.mentions.recovery];
        let complete = mentions.iter().all(|mention| !mention.trim().is_empty());
        faults.ensure(complete, || Fault::new("invoice.mentions").on("mentions"));
        let named = |references: &[Reference]| references.iter().all(|r| number_holds(&r.number));
        let credits = self.kind != InvoiceKind::CreditNote || !self.preceding.is_empty();
        faults.ensure(credits && named(&self.preceding), || {
            Fault::new("invoice.preceding").on("preceding")
        });
        let euro = self.tax_in_euro.map(|tax| tax.currency);
        let expected = (self.currency != Currency::EUR).then_some(Currency::EUR);
        faults.ensure(euro == expected, || Fault::new("invoice.tax_in_euro").on("tax_in_euro"));
    }

    fn check_parties(&self, faults: &mut Faults) {
        let siren = |siren: &Option<String>| siren.as_deref().is_some_and(|s| digits(s, 9));
        faults.ensure(siren(&self.seller.siren), || {
            Fault::new("invoice.seller_siren").on("seller.siren")
        });
        faults.ensure(self.audience != Audience::Business || siren(&self.buyer.siren), || {
            Fault::new("invoice.buyer_siren").on("buyer.siren")
        });
        for (place, party) in [("seller", &self.seller), ("buyer", &self.buyer)] {
            let named = !party.name.trim().is_empty();
            faults.ensure(named, || Fault::new("invoice.name").on("name").within(place));
            let country = &party.address.country;
            let lawful = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
            faults.ensure(lawful, || Fault::new("invoice.country").on("country").within(place));
        }
        let has = |category| self.vat.iter().any(|total| total.vat.category == category);
        let untaxed = self.vat.iter().all(|total| total.vat.category == VatCategory::OutOfScope);
        faults.ensure(untaxed || self.seller.vat_number.is_some() || self.is_franchise(), || {
            Fault::new("invoice.seller_vat_number").on("seller.vat_number")
        });
        let needed = has(VatCategory::IntraCommunity) || has(VatCategory::ReverseCharge);
        faults.ensure(!needed || self.buyer.vat_number.is_some(), || {
            Fault::new("invoice.buyer_vat_number").on("buyer.vat_number")
        });
    }

    fn is_franchise(&self) -> bool {
        self.vat.iter().all(|total| total.vat.category == VatCategory::Exempt)
    }

    fn check_lines(&self, faults: &mut Faults) {
        faults.ensure(!self.lines.is_empty(), || Fault::new("invoice.lines").on("lines"));
        for (rank, line) in self.lines.iter().enumerate() {
            let place = format!("lines.{rank}");
            let mut ensure = |holds: bool, code: &'static str, field: &'static str| {
                faults.ensure(holds, || Fault::new(code).on(field).within(&place));
            };
            ensure(!line.name.trim().is_empty(), "invoice.line_name", "name");
            ensure(line.unit_price.scaled >= 0, "invoice.unit_price", "unit_price");
            let share = (Rate::ZERO..=Rate::percent(100)).contains(&line.discount);
            ensure(share, "invoice.discount", "discount");
            let net = line.unit_price.amount(line.quantity, line.discount);
            ensure(net == line.net, "invoice.line_net", "net");
            let taxed = line.vat.category == VatCategory::Standard;
            let known = RATES.contains(&line.vat.rate.0);
            ensure(known && taxed == (line.vat.rate > Rate::ZERO), "invoice.vat_rate", "vat");
            let reason = taxed || line.vat.category == VatCategory::ZeroRated;
            ensure(reason != line.vat.exemption.is_some(), "invoice.exemption", "vat");
        }
    }

    fn check_sums(&self, faults: &mut Faults) {
        let key = |total: &crate::invoice::VatTotal| (total.vat.category, total.vat.rate);
        let mut expected = vat_totals(self.currency, &self.lines);
        let mut found = self.vat.clone();
        expected.sort_by_key(key);
        found.sort_by_key(key);
        let same = expected.len() == found.len()
            && expected
                .iter()
                .zip(&found)
                .all(|(e, f)| key(e) == key(f) && (e.base, e.tax) == (f.base, f.tax));
        faults.ensure(same, || Fault::new("invoice.vat_totals").on("vat"));
        let totals = Totals::of(self.currency, &self.lines, &self.vat, &self.prepayments);
        faults.ensure(totals == self.totals, || Fault::new("invoice.totals").on("totals"));
    }
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number_holds(number: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_/".contains(&byte);
    (1..=35).contains(&number.len()) && number.bytes().all(plain)
}
