//! The countries our users' customers most often live in; others keep their code.

use kernel::Language;

const NAMES: [(&str, &str, &str); 45] = [
    ("FR", "France", "France"),
    ("DE", "Allemagne", "Germany"),
    ("AT", "Autriche", "Austria"),
    ("BE", "Belgique", "Belgium"),
    ("BG", "Bulgarie", "Bulgaria"),
    ("CY", "Chypre", "Cyprus"),
    ("HR", "Croatie", "Croatia"),
    ("DK", "Danemark", "Denmark"),
    ("ES", "Espagne", "Spain"),
    ("EE", "Estonie", "Estonia"),
    ("FI", "Finlande", "Finland"),
    ("GR", "Grèce", "Greece"),
    ("HU", "Hongrie", "Hungary"),
    ("IE", "Irlande", "Ireland"),
    ("IT", "Italie", "Italy"),
    ("LV", "Lettonie", "Latvia"),
    ("LT", "Lituanie", "Lithuania"),
    ("LU", "Luxembourg", "Luxembourg"),
    ("MT", "Malte", "Malta"),
    ("NL", "Pays-Bas", "Netherlands"),
    ("PL", "Pologne", "Poland"),
    ("PT", "Portugal", "Portugal"),
    ("CZ", "Tchéquie", "Czechia"),
    ("RO", "Roumanie", "Romania"),
    ("SK", "Slovaquie", "Slovakia"),
    ("SI", "Slovénie", "Slovenia"),
    ("SE", "Suède", "Sweden"),
    ("GB", "Royaume-Uni", "United Kingdom"),
    ("CH", "Suisse", "Switzerland"),
    ("NO", "Norvège", "Norway"),
    ("MC", "Monaco", "Monaco"),
    ("AD", "Andorre", "Andorra"),
    ("US", "États-Unis", "United States"),
    ("CA", "Canada", "Canada"),
    ("MA", "Maroc", "Morocco"),
    ("DZ", "Algérie", "Algeria"),
    ("TN", "Tunisie", "Tunisia"),
    ("SN", "Sénégal", "Senegal"),
    ("CI", "Côte d’Ivoire", "Ivory Coast"),
    ("TR", "Turquie", "Türkiye"),
    ("CN", "Chine", "China"),
    ("JP", "Japon", "Japan"),
    ("IN", "Inde", "India"),
    ("BR", "Brésil", "Brazil"),
    ("AU", "Australie", "Australia"),
];

/// The name of a country by its ISO code, or the code.
pub fn name(code: &str, language: Language) -> String {
    let found = NAMES.iter().find(|(known, ..)| *known == code);
    let name = found.map(|(_, fr, en)| if language == Language::French { *fr } else { *en });
    name.unwrap_or(code).to_owned()
}
