//! The bank's file comes in, is matched, and the orders follow.

use crm::sales::{OrderStage, PaymentState};
use erp::finance::{BankLine, BankLineState};
use kernel::{ActionDef, Id, Inputs, Money, Value};
use processes::{bank_file, catalog};

use crate::shop::{Shop, tell};

fn statement(amount: &str, said: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-20T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>REL-2026-03-20</Id><CreDtTm>2026-03-20T06:00:00</CreDtTm>
<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-19</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">340.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-20</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-20</Dt></BookgDt><ValDt><Dt>2026-03-20</Dt></ValDt>
<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>MAISON FERRAND</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>{said}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"#
    )
    .into_bytes()
}

fn act(shop: &Shop, entity: &str, name: &str, id: kernel::RawId, inputs: Inputs) {
    let action: &'static ActionDef = catalog().action(entity, name).expect("an act");
    shop.act(move |tx, actor| catalog().run(tx, actor, action, id, &inputs).map(drop))
        .expect("done");
}

#[test]
fn a_bank_line_is_matched_by_its_reference_and_the_match_can_be_undone() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(2);
        let invoice = shop.sell(order);
        shop.wait(18);
        let file = statement("240.00", "VIR FACTURE FA-2026-0001 MERCI");
        let again = file.clone();
        let imported =
            shop.act(move |tx, actor| bank_file::import(tx, actor, &file)).expect("imported");
        assert_eq!((imported.statements.len(), imported.lines), (1, 1));
        let twice = shop.act(move |tx, actor| bank_file::import(tx, actor, &again));
        assert_eq!(twice.expect_err("once").codes(), ["statement.taken"]);

        let line: Id<BankLine> = shop.read(|tx| {
            let open = BankLine::STATE.is(&BankLineState::Open);
            Ok(tx.first(open)?.expect("a line to match").id)
        });
        act(shop, "bank_line", "accept", line.raw(), Inputs::default());
        assert_eq!(shop.get_invoice(invoice).open, Money::eur(0));
        assert_eq!(shop.order(order).stage, OrderStage::Closed);
        act(shop, "bank_line", "undo", line.raw(), Inputs::default());
        assert_eq!(shop.get_invoice(invoice).open, Money::eur(240_00));
        assert_eq!(shop.states(order).4, PaymentState::None);
        let by_hand = Inputs::default().with("invoices", Value::Text("FA-2026-0001".to_owned()));
        act(shop, "bank_line", "accept", line.raw(), by_hand);
        assert_eq!(shop.states(order).4, PaymentState::Full);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn a_file_that_is_cut_short_changes_nothing() {
    tell(|shop| {
        let mut file = statement("240.00", "X");
        file.truncate(900);
        let refusal = shop.act(move |tx, actor| bank_file::import(tx, actor, &file));
        assert_eq!(refusal.expect_err("cut short").codes(), ["camt.malformed"]);
        let wrong = statement("999.00", "X");
        let refusal = shop.act(move |tx, actor| bank_file::import(tx, actor, &wrong));
        assert_eq!(refusal.expect_err("does not add up").codes(), ["statement.balance"]);
        let lines = shop.read(|tx| Ok(tx.find(kernel::Filter::<BankLine>::everything())?.len()));
        assert_eq!(lines, 0);
    });
}

#[test]
fn an_invoice_is_paid_by_its_button_and_its_order_follows() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(1);
        let invoice = shop.sell(order);
        let inputs = Inputs::default()
            .with("method", Value::Text("cheque".to_owned()))
            .with("reference", Value::Text("n° 42".to_owned()));
        act(shop, "invoice", "pay", invoice.raw(), inputs);
        assert_eq!(shop.states(order).4, PaymentState::Full);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}
