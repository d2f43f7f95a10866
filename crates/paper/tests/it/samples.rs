//! The documents of an invented house, from the plainest invoice to the awkward ones.

use kernel::{Currency, Day, Language, Money, Price, Quantity, Rate};
use paper::invoice::{
    Audience, InvoiceKind, InvoiceLine, InvoicePaper, Mentions, Operation, PaymentMeans,
    Prepayment, Reference, Totals, Vat, vat_totals,
};
use paper::party::{Address, BankAccount, Letterhead, Party};

pub fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn address(lines: &[&str], postcode: &str, city: &str, country: &str) -> Address {
    Address {
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        postcode: postcode.to_owned(),
        city: city.to_owned(),
        country: country.to_owned(),
    }
}

pub fn seller() -> Party {
    Party {
        name: "Maison Lavigne SAS".to_owned(),
        address: address(&["14 rue de l’Épeule"], "59100", "Roubaix", "FR"),
        siren: some("100000009"),
        siret: some("10000000900017"),
        vat_number: some("FR88100000009"),
        email: some("comptes@maison-lavigne.example"),
        phone: some("03 20 70 41 18"),
        electronic_address: None,
    }
}

pub fn letterhead() -> Letterhead {
    Letterhead {
        trade_name: some("Maison Lavigne"),
        trade: some("Linge de cuisine et arts de la table, fabricant à Roubaix"),
        website: some("www.maison-lavigne.example"),
        legal_form: some("SAS"),
        capital: Some(Money::eur(24_000_000)),
        register: some("Lille Métropole"),
    }
}

pub fn hotel() -> Party {
    Party {
        name: "Hôtel des Remparts SAS".to_owned(),
        address: address(
            &["Service comptabilité", "3 rue de la Corne-de-Cerf"],
            "35400",
            "Saint-Malo",
            "FR",
        ),
        siren: some("200000008"),
        siret: some("20000000800017"),
        vat_number: some("FR37200000008"),
        email: some("compta@remparts.example"),
        ..Party::default()
    }
}

fn lingerie() -> Party {
    Party {
        name: "Lingerie".to_owned(),
        address: address(&["quai Saint-Vincent"], "35400", "Saint-Malo", "FR"),
        ..Party::default()
    }
}

pub fn line(
    sku: &str,
    name: &str,
    quantity: i64,
    cents: i64,
    discount: i64,
    vat: Vat,
) -> InvoiceLine {
    let unit_price = Price::of_money(Money::eur(cents));
    let (quantity, discount) = (Quantity::units(quantity), Rate::percent(discount));
    InvoiceLine {
        sku: Some(sku.to_owned()),
        name: name.to_owned(),
        detail: None,
        quantity,
        unit: "C62".to_owned(),
        unit_price,
        discount,
        net: unit_price.amount(quantity, discount),
        vat,
    }
}

fn twenty() -> Vat {
    Vat::standard(Rate::percent(20))
}

fn linen() -> Vec<InvoiceLine> {
    let mut lines = vec![
        line("NAP-118", "Nappe métis 180 × 180, liseré bleu", 60, 6_450, 12, twenty()),
        line("SER-042", "Serviette métis 50 × 50, liseré bleu", 320, 890, 12, twenty()),
        line("TOR-210", "Torchon lin lavé 50 × 70, écru", 144, 980, 12, twenty()),
        line("DRA-016", "Nappage banquet coton, 240 × 400, blanc", 12, 11_800, 10, twenty()),
        line("BRO-120", "Broderie, monogramme HR, deux couleurs", 262, 120, 0, twenty()),
        line("PORT-FR", "Port, franco au-delà de 5 000 €", 1, 0, 0, twenty()),
    ];
    lines[0].detail = some("BL-2409, 24 nov.");
    lines
}

/// Gives an invoice its taxes and sums again after its lines or prepayments have changed.
pub fn summed(mut paper: InvoicePaper) -> InvoicePaper {
    paper.vat = vat_totals(paper.currency, &paper.lines);
    paper.totals = Totals::of(paper.currency, &paper.lines, &paper.vat, &paper.prepayments);
    paper
}

/// The plain invoice between two French businesses; the others are made from it.
pub fn plain() -> InvoicePaper {
    let lines = linen();
    let vat = vat_totals(Currency::EUR, &lines);
    let totals = Totals::of(Currency::EUR, &lines, &vat, &[]);
    InvoicePaper {
        kind: InvoiceKind::Invoice,
        number: "FA-2026-1031".to_owned(),
        issued: day("2026-11-24"),
        due: Some(day("2026-12-31")),
        delivered: Some(day("2026-11-24")),
        currency: Currency::EUR,
        operation: Operation::Goods,
        audience: Audience::Business,
        seller: seller(),
        letterhead: letterhead(),
        buyer: hotel(),
        delivered_to: Some(lingerie()),
        order: Some(Reference { number: "CC-1160".to_owned(), day: day("2026-11-16") }),
        delivery_notes: vec!["BL-2409".to_owned()],
        purchase_order: some("BC-77120"),
        buyer_reference: some("Linge d’hiver, Mme Le Goff"),
        preceding: Vec::new(),
        lines,
        vat,
        totals,
        tax_in_euro: None,
        vat_on_debits: false,
        prepayments: Vec::new(),
        means: PaymentMeans::Transfer,
        terms: "Par virement, 30 jours fin de mois.".to_owned(),
        account: Some(BankAccount {
            iban: "FR76 3000 6000 0112 3456 7890 189".to_owned(),
            bic: some("AGRIFRPPXXX"),
            holder: None,
        }),
        mentions: Mentions::usual(Language::French, None),
        notes: vec![
            "Les biens restent notre propriété jusqu’au paiement complet du prix (article 2367 du \
             Code civil)."
                .to_owned(),
        ],
    }
}

pub fn deposit() -> InvoicePaper {
    let mut paper = plain();
    paper.kind = InvoiceKind::Deposit;
    paper.number = "FA-2026-0988".to_owned();
    paper.issued = day("2026-11-16");
    paper.due = Some(day("2026-11-17"));
    (paper.delivered, paper.delivered_to) = (None, None);
    paper.delivery_notes.clear();
    paper.lines =
        vec![line("ACOMPTE", "Acompte de 30 % sur la commande CC-1160", 1, 250_000, 0, twenty())];
    summed(paper)
}

pub fn last_after_deposit() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1032".to_owned();
    paper.prepayments = vec![Prepayment {
        invoice: Some(Reference { number: "FA-2026-0988".to_owned(), day: day("2026-11-16") }),
        paid_on: day("2026-11-17"),
        amount: Money::eur(300_000),
    }];
    summed(paper)
}

pub fn credit_note() -> InvoicePaper {
    let mut paper = plain();
    paper.kind = InvoiceKind::CreditNote;
    paper.number = "AV-2026-0007".to_owned();
    paper.issued = day("2026-12-02");
    paper.due = None;
    paper.preceding = vec![Reference { number: "FA-2026-1031".to_owned(), day: day("2026-11-24") }];
    paper.lines.truncate(1);
    paper.lines[0] =
        line("NAP-118", "Nappe métis 180 × 180, liseré bleu : tache", 3, 6_450, 12, twenty());
    paper.terms = "Remboursé par virement sur votre compte.".to_owned();
    paper.notes.clear();
    summed(paper)
}

pub fn several_rates() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1033".to_owned();
    paper.operation = Operation::Mixed;
    paper.vat_on_debits = true;
    let rate = |millionths| Vat::standard(Rate(millionths));
    paper.lines = vec![
        line("LIV-01", "Livre « L’art de la table »", 7, 2_333, 0, rate(55_000)),
        line("ATE-02", "Atelier de pliage, la demi-journée", 1, 33_333, 5, rate(200_000)),
        line("TRA-03", "Retouches sur place", 1, 8_999, 0, rate(100_000)),
        line("JOU-04", "La Gazette du linge, abonnement d’un an", 1, 4_999, 0, rate(21_000)),
    ];
    paper.lines[1].unit = "HUR".to_owned();
    paper.lines[1].quantity = Quantity(35_000);
    paper.lines[1].unit_price = Price::new(1_234_567, Currency::EUR);
    for line in &mut paper.lines {
        line.net = line.unit_price.amount(line.quantity, line.discount);
    }
    summed(paper)
}

pub fn service() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1034".to_owned();
    paper.operation = Operation::Services;
    paper.delivered_to = None;
    paper.lines = vec![line("FORM", "Conseil en décoration de table", 2, 90_000, 0, twenty())];
    paper.lines[0].unit = "DAY".to_owned();
    summed(paper)
}

pub fn consumer() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1035".to_owned();
    paper.audience = Audience::Consumer;
    paper.buyer = Party {
        name: "Mme Awa Diallo".to_owned(),
        address: address(&["8 allée des Tilleuls"], "44000", "Nantes", "FR"),
        email: some("awa.diallo@courriel.example"),
        ..Party::default()
    };
    (paper.purchase_order, paper.buyer_reference, paper.delivered_to) = (None, None, None);
    paper.lines.truncate(3);
    summed(paper)
}

pub fn walk_in() -> InvoicePaper {
    let mut paper = consumer();
    paper.number = "FA-2026-1036".to_owned();
    paper.buyer.name = "Client de passage".to_owned();
    paper.buyer.address = address(&[], "59100", "Roubaix", "FR");
    paper.buyer.email = None;
    (paper.order, paper.delivery_notes) = (None, Vec::new());
    paper.lines.truncate(1);
    let gross = summed(paper.clone()).totals.gross;
    paper.means = PaymentMeans::Card;
    paper.account = None;
    paper.terms = "Payé par carte.".to_owned();
    paper.prepayments = vec![Prepayment { invoice: None, paid_on: paper.issued, amount: gross }];
    summed(paper)
}

pub fn intra_community() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1037".to_owned();
    paper.audience = Audience::BusinessAbroad;
    paper.buyer = Party {
        name: "Gasthaus Zur Mühle GmbH".to_owned(),
        address: address(&["Mühlenstraße 12"], "79098", "Freiburg im Breisgau", "DE"),
        vat_number: some("DE123456788"),
        email: some("buchhaltung@muehle.example"),
        ..Party::default()
    };
    paper.delivered_to = None;
    for line in &mut paper.lines {
        line.vat = Vat::intra_community();
    }
    summed(paper)
}

pub fn export() -> InvoicePaper {
    let mut paper = intra_community();
    paper.number = "FA-2026-1038".to_owned();
    paper.buyer = Party {
        name: "Auberge du Lac SA".to_owned(),
        address: address(&["Quai du Mont-Blanc 4"], "1201", "Genève", "CH"),
        email: some("achats@auberge.example"),
        ..Party::default()
    };
    for line in &mut paper.lines {
        line.vat = Vat::export();
    }
    summed(paper)
}

pub fn franchise() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1039".to_owned();
    paper.seller.vat_number = None;
    for line in &mut paper.lines {
        line.vat = Vat::franchise();
    }
    summed(paper)
}

pub fn in_pounds() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA-2026-1040".to_owned();
    paper.currency = Currency::GBP;
    for line in &mut paper.lines {
        line.unit_price.currency = Currency::GBP;
        line.net.currency = Currency::GBP;
    }
    let mut paper = summed(paper);
    paper.tax_in_euro = Some(Money::eur(paper.totals.tax.minor * 115 / 100));
    paper
}

/// Ninety lines, long words, letters of other scripts, characters that no font has.
pub fn long_and_awkward() -> InvoicePaper {
    let mut paper = plain();
    paper.number = "FA_2026/1041+A".to_owned();
    paper.buyer.name = "Société Œuvre & Cie <Ελλάς> « Škoda » 東京".to_owned();
    paper.lines = (0..90_i64)
        .map(|rank| {
            let name = match rank % 4 {
                0 => "Torchon lin lavé 50 × 70, écru".to_owned(),
                1 => "Nappe de banquet en coton damassé, motif palmettes, ourlet à jour de quatre \
                      centimètres cousu main, livrée repassée et pliée en huit"
                    .to_owned(),
                2 => format!("Référence{}", "-très-longue".repeat(12)),
                _ => "Bougie \u{1}🙂 & <chandelle>".to_owned(),
            };
            line(&format!("REF-{rank:03}"), &name, rank + 1, 1_234 + rank, rank % 7, twenty())
        })
        .collect();
    summed(paper)
}

/// All the invoices, each with the name of its file.
pub fn invoices() -> Vec<(&'static str, InvoicePaper)> {
    vec![
        ("plain", plain()),
        ("deposit", deposit()),
        ("last_after_deposit", last_after_deposit()),
        ("credit_note", credit_note()),
        ("several_rates", several_rates()),
        ("service", service()),
        ("consumer", consumer()),
        ("walk_in", walk_in()),
        ("intra_community", intra_community()),
        ("export", export()),
        ("franchise", franchise()),
        ("in_pounds", in_pounds()),
        ("long_and_awkward", long_and_awkward()),
    ]
}
