//! What the programs wrote down, read as findings. A report that is not what it should be is a
//! failure, and not a clean bill.

/// Each failure and error of a JUnit report.
pub fn schemathesis(report: &str) -> Result<Vec<String>, String> {
    if !report.contains("<testsuite") || !report.contains("<testcase") {
        return Err("schemathesis tested nothing".to_owned());
    }
    let mut found = Vec::new();
    for case in report.split("<testcase ").skip(1) {
        let name = between(case, "name=\"", "\"").unwrap_or_default();
        for mark in ["<failure", "<error"] {
            for told in case.split(mark).skip(1) {
                let words = told.split("</").next().unwrap_or_default();
                let short: String = words.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
                // Hypothesis falls over the Python of Debian 12 when it describes itself.
                if !short.contains("AST constructor recursion depth mismatch") {
                    found.push(format!("schemathesis: {name}: {short}"));
                }
            }
        }
    }
    Ok(found)
}

/// What sqlmap says of one address. It ends well whatever it found.
pub fn sqlmap(path: &str, said: &str) -> Result<Vec<String>, String> {
    if !said.contains("testing if") && !said.contains("testing connection") {
        return Err(format!("sqlmap did not test {path}: {said}"));
    }
    if said.contains("/sign-in?back=") {
        return Err(format!("sqlmap was not signed in at {path}: {said}"));
    }
    let marks = ["is vulnerable", "appears to be injectable", "injection point(s)"];
    let lines = said.lines().filter(|line| {
        marks.iter().any(|mark| line.contains(mark)) && !line.contains("might not be injectable")
    });
    Ok(lines.map(|line| format!("sqlmap: {path}: {}", line.trim())).collect())
}

/// What wapiti 3.0.4 asks for, and we do not say. `X-Frame-Options` is what `frame-ancestors` took
/// the place of (CSP 3, 6.4.2.2); `X-XSS-Protection` switched on what browsers have dropped, for the
/// holes it made; `Strict-Transport-Security` is said over TLS alone (RFC 6797, 7.2), and held by
/// `asvs_3_4_1_every_answer_over_tls_says_to_stay`. So are cookies bound to TLS over TLS alone
/// (`asvs_3_3_1_every_cookie_is_bound_to_this_host_and_to_tls`); colours, density and language are
/// no secrets, and a script sets them.
const ACCEPTED: &[&str] = &[
    "X-Frame-Options is not set",
    "X-XSS-Protection is not set",
    "Strict-Transport-Security is not set",
    "Secure flag is not set in the cookie",
    "HttpOnly flag is not set in the cookie : density",
    "HttpOnly flag is not set in the cookie : language",
    "HttpOnly flag is not set in the cookie : theme",
];

/// Each entry of the lists `vulnerabilities` and `anomalies` of a wapiti report. It ends well
/// whatever it found.
pub fn wapiti(report: &str) -> Result<Vec<String>, String> {
    if !report.contains("\"crawled_pages_nbr\"") && !report.contains("\"infos\"") {
        return Err("wapiti wrote no report".to_owned());
    }
    // Only findings have an `info`: the list of what is looked for has none.
    let found = report.split("\"info\": \"").skip(1).zip(report.split("\"path\": \"").skip(1));
    Ok(found
        .map(|(info, path)| {
            let until = |text: &str| text.split('"').next().unwrap_or_default().to_owned();
            (until(path), until(info))
        })
        .filter(|(_, info)| !ACCEPTED.iter().any(|known| info.starts_with(known)))
        .map(|(path, info)| format!("wapiti: {path}: {info}"))
        .collect())
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split(from).nth(1)?.split(to).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_read_and_an_empty_report_is_none() {
        let clean = "<testsuites><testsuite><testcase name=\"GET /a\"/></testsuite></testsuites>";
        assert_eq!(schemathesis(clean), Ok(Vec::new()));
        let failed = "<testsuite><testcase name=\"GET /a\"><failure message=\"500\"/></testcase>";
        assert_eq!(schemathesis(failed).map(|found| found.len()), Ok(1));
        assert!(schemathesis("").is_err());
        let told = "testing connection\nGET parameter 'q' is vulnerable. Do you want";
        assert_eq!(sqlmap("/a", told).map(|found| found.len()), Ok(1));
        let none = "testing if GET parameter 'q' is dynamic\nq might not be injectable";
        assert_eq!(sqlmap("/a", none), Ok(Vec::new()));
        assert!(sqlmap("/a", "usage").is_err());
        assert!(wapiti("{}").is_err());
        let found = "{\"infos\": {}, \"x\": [{\"path\": \"/a\", \"info\": \"XSS\"}]}";
        assert_eq!(wapiti(found), Ok(vec!["wapiti: /a: XSS".to_owned()]));
    }
}
