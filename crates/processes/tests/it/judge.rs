//! Outside programs that judge our invoices.

use erp::finance::Invoice;
use kernel::Id;
use processes::invoice_document;

use crate::shop::Shop;

/// Outside judges, where they are: `COMPTOIR_JUDGES` names their folder.
pub fn judged(shop: &Shop, invoices: &[Id<Invoice>]) {
    let script = std::env::var_os("COMPTOIR_JUDGES")
        .map(|folder| std::path::Path::new(&folder).join("validate_invoice.py"))
        .filter(|script| script.is_file());
    let Some(script) = script else {
        println!("skipped: COMPTOIR_JUDGES does not name the folder of validate_invoice.py");
        return;
    };
    let folder =
        std::env::temp_dir().join(format!("processes-{}-{}", std::process::id(), invoices[0]));
    std::fs::create_dir_all(&folder).expect("a folder");
    let files: Vec<_> = invoices
        .iter()
        .map(|id| {
            let paper = shop.read(|tx| invoice_document::invoice_pdf(tx, *id));
            let path = folder.join(&paper.name);
            std::fs::write(&path, &paper.bytes).expect("room");
            path
        })
        .collect();
    let python = std::env::var("COMPTOIR_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let verdict = std::process::Command::new(python)
        .arg(script)
        .arg("--fr")
        .args(&files)
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&verdict.stdout).into_owned();
    std::fs::remove_dir_all(&folder).expect("tidied");
    assert!(verdict.status.success(), "{said}{}", String::from_utf8_lossy(&verdict.stderr));
}
