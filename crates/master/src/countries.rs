//! Countries by their two letters (ISO 3166-1 alpha-2), and how they stand to French VAT.

pub const FRANCE: &str = "FR";

/// Every country code of ISO 3166-1, sorted; `XI` stands beside them for Northern Ireland, which
/// the Union's VAT knows by it.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL \
    BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ \
    DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS \
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR \
    KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU \
    MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY \
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH \
    TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW";

/// The other members of the Union.
const UNION: &str =
    "AT BE BG CY CZ DE DK EE ES FI GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI";

fn among(list: &str, code: &str) -> bool {
    code.len() == 2 && list.split(' ').any(|known| known == code)
}

/// Every code, in alphabetical order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.split(' ').filter(|code| !code.is_empty())
}

#[must_use]
pub fn exists(code: &str) -> bool {
    among(CODES, code)
}

/// Another member of the European Union.
#[must_use]
pub fn in_union(code: &str) -> bool {
    among(UNION, code)
}

/// Metropolitan France, and Monaco, which is one territory with it. The overseas departments are
/// export territories of the mainland. Source: CGI, art. 256-0 and 294.
#[must_use]
pub fn french_for_vat(code: &str) -> bool {
    matches!(code, FRANCE | "MC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_249_countries_and_northern_ireland() {
        assert_eq!(codes().count(), 250);
        let sorted: Vec<&str> = codes().collect();
        assert!(sorted.is_sorted());
        assert!(exists("FR") && exists("GP") && !exists("UK") && !exists("fr") && !exists("F "));
        assert_eq!(UNION.split(' ').count(), 27);
        assert!(UNION.split(' ').all(exists));
    }
}
