"""Broad concepts of papers, machines and people: few, common, shared by seven languages."""

from __future__ import annotations

from typing import Final

_MONEY: Final[dict[str, str]] = {
    "invoice": (
        "facture|note d honoraires|note de frais|avoir|pro forma|proforma|quittance|appel de cotisation"
        "|appel de fonds|appel de loyer|avis d échéance|avis de paiement|reçu|justificatif de paiement|relevé"
        "|bordereau|invoice|bill|receipt|credit note|statement|fee note|rent demand|rechnung|gutschrift"
        "|beitragsrechnung|quittung|abrechnung|abono|recibo|fattura|nota di credito|ricevuta|parcella|factuur"
        "|creditnota|fatura|nota de crédito|inv|fra|fact|rg|rechn|loyer|redevance|prime d assurance|honoraires"
        "|acompte|rent|premium|subscription|renewal|membership|miete|alquiler|affitto|huur|renda"
    ),
    "our_bill": (
        "notre facture|ma facture|nos factures|nos honoraires|mes honoraires|ma note|notre note|ci joint la facture"
        "|ci jointe la facture|facture ci jointe|ci joint ma facture|trouver la facture|trouver ci joint"
        "|facture jointe|our invoice|my invoice|attached invoice|invoice attached|please find|find attached"
        "|unsere rechnung|anbei|im anhang|nuestra factura|mi factura|adjunto|nostra fattura|in allegato|allego"
        "|alleghiamo|onze factuur|bijgevoegd|bijlage|nossa fatura|em anexo|segue"
    ),
    "your_bill": (
        "votre facture|vos factures|votre note|your invoice|your bill|ihre rechnung|su factura|vostra fattura"
        "|uw factuur|vossa fatura"
    ),
    "amount": (
        "total ttc|montant ttc|net à payer|total à payer|montant dû|reste à payer|total ht|tva|solde|montant|total"
        "|amount due|balance due|total due|grand total|vat|subtotal|amount|gesamtbetrag|betrag|mwst|netto|brutto"
        "|importe|iva|base imponible|totale|imponibile|bedrag|btw|totaal|valor"
    ),
    "pay": (
        "régler|règlement|payer|paiement|payable|virement|iban|bic|rib|prélèvement|échéance|chèque|à réception|pay"
        "|payment|bank transfer|direct debit|due date|due on|sort code|account number|zahlen|zahlung|zahlbar"
        "|überweisen|lastschrift|fällig|pagar|pago|vencimiento|transferencia|domiciliación|pagare|pagamento"
        "|bonifico|scadenza|betalen|betaling|incasso|vervaldatum"
    ),
    "paid": (
        "avons réglé|ai réglé|a été réglé|avons payé|ai payé|avons viré|ai viré|virement effectué|virement émis"
        "|virement a été|paiement effectué|paiement reçu|bien reçu votre paiement|acquittée|avis de virement|réglée"
        "|payée|have paid|has been paid|was paid|payment received|we paid|i paid|remittance|paid in full"
        "|payment made|settled|bezahlt|überwiesen|zahlungseingang|pagado|hemos abonado|transferido|pagato|pagata"
        "|betaald|overgemaakt|pago|paga"
    ),
    "dunning": (
        "relance|rappel|impayé|en souffrance|reste due|demeure|sauf erreur|retard de paiement|pénalités"
        "|indemnité forfaitaire|n avons pas reçu|toujours en attente de règlement|non réglée|overdue|reminder"
        "|outstanding|unpaid|past due|late payment|final notice|we have not received|mahnung|zahlungserinnerung"
        "|offen|überfällig|verzug|recordatorio|pendiente|vencida|sollecito|insoluta|scaduta|aanmaning|herinnering"
        "|openstaand|lembrete|em atraso"
    ),
    "legal": (
        "mise en demeure|huissier|commissaire de justice|tribunal|saisie|contentieux|recouvrement|injonction"
        "|assignation|suspension|résiliation|recommandé|formal notice|legal action|solicitor|court|bailiff"
        "|collection agency|letter before|gerichtlich|inkasso|mahnbescheid|burofax|judicial|diffida|legale|avvocato"
        "|deurwaarder|ingebrekestelling"
    ),
    "attached": (
        "ci joint|ci jointe|ci joints|pièce jointe|en pj|en pièce|attached|enclosed|anbei|anhang|adjunto|allegato"
        "|bijlage|anexo"
    ),
    "quote_given": (
        "notre devis|mon devis|devis ci joint|notre proposition|notre offre|notre meilleure|valable jusqu"
        "|offre valable|bon pour accord|retourner signé|our quote|our quotation|our proposal|our offer|valid until"
        "|valid for|unser angebot|gültig bis|unverbindlich|nuestro presupuesto|nuestra oferta|validez"
        "|nostra offerta|nostro preventivo|validità|onze offerte|geldig|nosso orçamento|proposta válida"
    ),
    "refund_to_you": (
        "remboursement|vous rembourser|restituer|trop perçu|avis de virement|vous a été viré|vous avons viré"
        "|vous verser|a été versé|virement émis|virement de|en votre faveur|don|reçu fiscal|indemnité|refund"
        "|remittance advice|payment advice|we have paid|has been paid to you|credited to you|donation|zahlungsavis"
        "|gutgeschrieben|reembolso|aviso de pago|rimborso|avviso di pagamento|terugbetaling|betaaladvies"
    ),
    "registry": (
        "registre|annuaire|répertoire|insertion|immatriculation|nom de domaine|marque|dépôt de marque|directory"
        "|listing|domain name|trademark|branchenbuch|eintrag|annuario|elenco|vermelding"
    ),
    "numbered": (
        "n #|no #|numéro #|réf #|référence #|number #|nr #|num #|fra #|inv #|facture #|invoice #|rechnung #|fattura #"
    ),
    "bank": (
        "relevé de compte|votre conseiller|carte bancaire|compte courant|virement reçu|a été crédité|crédité|débité"
        "|découvert|solde du compte|votre banque|bank statement|current account|online banking|kontoauszug"
        "|ihr konto|extracto|su cuenta|estratto conto|rekeningoverzicht|extrato"
    ),
    "tax": (
        "impôts|impôt|urssaf|déclaration|cfe|cotisations|dgfip|mutuelle|retraite|net entreprises|dsn|hmrc"
        "|tax return|corporation tax|paye|finanzamt|steuer|hacienda|seguridad social|agenzia|inps|belasting"
        "|finanças"
    ),
}

_OTHER: Final[dict[str, str]] = {
    "promo": (
        "promo|promotion|offre spéciale|remise|réduction|profitez|dernière chance|soldes|gratuit|essai|code promo"
        "|inscrivez|webinaire|newsletter|lettre d information|désinscrire|se désabonner|désabonner|nouveauté"
        "|découvrez|catalogue|exclusif|bon plan|unsubscribe|sale|discount|# off|free trial|sign up|last chance"
        "|limited time|don t miss|preferences|view in browser|abmelden|rabatt|sparen|gratis|jetzt|darse de baja"
        "|descuento|oferta|aprovech|disiscriv|sconto|offerta|uitschrijven|korting|aanbieding|cancelar subscrição"
        "|desconto"
    ),
    "prospect": (
        "je me permets de vous|nous accompagnons|notre solution|nos solutions|je me présente|votre site"
        "|référencement|un échange de|quelques minutes|une démo|démonstration|prospects|chiffre d affaires"
        "|entreprises comme la vôtre|professionnels comme vous|notre agence|partenariat|intéressé par nos"
        "|avez vous pensé|je vous propose|je propose|nous proposons|mes services|nos services|our solution"
        "|i came across|quick call|minutes of your time|businesses like yours|companies like yours|we help"
        "|we specialise|our services|boost|a demo|reach out|reaching out|touching base|following up on my"
        "|wir bieten|unsere lösung|nuestros servicios|ofrecemos|i nostri servizi|offriamo|onze diensten"
        "|os nossos serviços|je suis tombé|votre vitrine|indépendant|sous traitance|votre secteur|nous avons vu|tjm"
        "|collaborer|vous présenter|vous rencontrer|mes tarifs|votre zone|introduce myself|introduce our|i noticed"
        "|we noticed|our range|wholesale|no obligation|free audit|partnership|freiberuflich|autónomo"
        "|libero professionista"
    ),
    "job": (
        "candidature|curriculum|mon cv|cv|lettre de motivation|stage|stagiaire|alternance|apprentissage|poste de"
        "|recrutement|emploi|embauche|freelance|application for|my cv|resume|internship|vacancy|position|hiring"
        "|bewerbung|lebenslauf|praktikum|prácticas|tirocinio|sollicitatie|vacature|estágio"
    ),
    "staff": (
        "congés|planning|bulletin de paie|fiche de paie|arrêt maladie|collègue|réunion d équipe|à tous|l équipe"
        "|heures sup|pause|bureau|holiday|leave|rota|payslip|sick|colleague|team meeting|hi all|hi team|everyone"
        "|urlaub|krank|kollegen|vacaciones|compañeros|ferie|vakantie|mes heures|mon contrat|ma paie|mon planning"
        "|la prime|mes jours|mon arrêt|mon salaire|ma fiche|mes congés|titre restaurant|my hours|my shift"
        "|my contract|my pay|my payslip|meine stunden|mi nómina|i miei turni"
    ),
    "robot": (
        "ne pas répondre|ne répondez pas|n y répondez|message automatique|généré automatiquement"
        "|envoyé automatiquement|automate|ce message a été|do not reply|don t reply|automatic message"
        "|this is an automatic|nicht antworten|no responda|mensaje automático|non rispondere|niet beantwoorden"
        "|não responda"
    ),
    "phish": (
        "cliquez|suspendu|vérifier vos|vérifier votre|confirmer votre identité|mot de passe|expire|votre compte"
        "|compte bloqué|identifiants|frais de|colis bloqué|remboursement|coordonnées bancaires|lien ci dessous"
        "|click|verify your|confirm your identity|password|your account|locked|log in|link below|customs|klicken"
        "|bestätigen sie ihre|konto gesperrt|haga clic|contraseña|verifique|clicca|klik|wachtwoord|palavra passe"
    ),
    "secret": (
        "confidentiel|discrétion|n en parlez|en réunion|pas me joindre|pas joignable|opération|in a meeting"
        "|keep this|between us|cartes cadeaux|gift card|nouveau rib|nouvelles coordonnées|changement de rib"
        "|new bank|changed our bank|bank details|neue bankverbindung|nueva cuenta|nuovo iban"
    ),
    "parcel": (
        "colis|expédié|livraison|livré|suivi|numéro de suivi|en cours de livraison|transporteur|tracking|dispatched"
        "|shipped|delivered|parcel|courier|on its way|lieferung|versandt|sendung|paket|envío|entrega|paquete"
        "|spedizione|consegna|pacco|bezorgd|verzonden|encomenda"
    ),
    "absence": (
        "absent|de retour|je suis en congés|je serai de retour|out of office|out of the office|on leave|away from"
        "|i am away|i m away|will be back|abwesend|nicht im büro|fuera de la oficina|ausente|fuori ufficio|assente"
        "|afwezig|ausência"
    ),
    "invite": (
        "invitation|invité|participants|visioconférence|lien de connexion|guests|video link|einladung|invito"
        "|uitnodiging|convite"
    ),
    "security": (
        "nouvelle connexion|code de vérification|code de sécurité|tentative|appareil|new sign|sign in"
        "|verification code|security code|new device|login|anmeldung|inicio de sesión|accesso|aanmelding"
    ),
    "alert": (
        "alerte|alarme|seuil|incident|maintenance|sonde|serveur|sauvegarde|alert|alarm|threshold|server|backup"
        "|monitor|warnung|störung|alerta|allarme|melding"
    ),
    "fyi": (
        "pour info|pour information|à titre d information|aucune action|rien à faire|n appelle pas"
        "|pas besoin de répondre|inutile de répondre|pas de réponse|pas nécessaire|for information|fyi|no action"
        "|no need to|no reply needed|nothing to do|nothing for you|just to let|just letting|zur info|zur kenntnis"
        "|keine antwort|para su información|a título informativo|per conoscenza|per informazione|ter info"
        "|ter informatie|para sua informação"
    ),
    "thanks": (
        "merci pour|merci beaucoup|merci encore|mille mercis|un grand merci|bravo|parfait|nickel|super travail|ravi"
        "|ravie|enchanté|très content|thank you for|thanks for|thank you so|many thanks|perfect|great job|delighted"
        "|lovely|brilliant|danke für|vielen dank|gracias por|muchas gracias|grazie per|grazie mille|bedankt"
        "|obrigado"
    ),
    "accept": (
        "je valide|nous validons|bon pour accord|d accord|ok pour|c est ok|on part sur|nous acceptons|j accepte"
        "|confirmé|go ahead|we accept|i accept|happy to proceed|approved|einverstanden|aceptamos|accettiamo"
        "|confermiamo|akkoord|aceito"
    ),
    "personal": (
        "bisous|bises|salut|coucou|maman|papa|on se voit|anniversaire|apéro|week end|hiya|love|xx|cheers|mum"
        "|see you|birthday|hallo|besos|hola|baci|ciao|groetjes|beijos|ta mère|ton père|tante|mamie|papi|réveillon"
        "|noël|les enfants|mon frère|ma soeur|auntie|grandma|your mum|your dad"
    ),
    "our_side": (
        "le client|la cliente|mon client|ma cliente|un client|chez le client|the client|the customer|a customer"
        "|my client|der kunde|kunden|el cliente|il cliente|klant|o cliente"
    ),
    "site_form": (
        "formulaire|formulaire de contact|site internet|nouveau message|nouvelle demande|contact form|website"
        "|enquiry|kontaktformular|modulo|contactformulier"
    ),
}

BROAD_PAPERS: Final[dict[str, str]] = _MONEY | _OTHER
