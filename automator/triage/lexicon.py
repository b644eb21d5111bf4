"""Concepts that people write about in office mail, and how they say them in seven languages.

Each concept is one string of phrases split by "|"; a phrase is matched after folding (case, accents, apostrophes)
on the first six letters of each word, so "facture" also finds "factures" and "facturation". The languages share a
concept, which lets a weight learnt on French mail serve an English or German one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ASKING: Final[dict[str, str]] = {
    "ask": "pouvez vous|pourriez vous|peux tu|pourrais tu|tu peux|vous pouvez|vous pourriez|merci de me|merci de nous"
    "|merci de bien vouloir|merci de vérifier|merci d avance|je vous prie de|veuillez|auriez vous|avez vous|aurais tu"
    "|seriez vous|serait il possible|est il possible|est ce possible|possible de|pourrait on|peut on|pouvons nous"
    "|je vous demande|nous vous demandons|je vous remercie de|prière de|vous serait il|faites moi|dites moi|dites nous"
    "|envoyez moi|envoyez nous|can you|could you|would you|will you|may we|can we|could we|can i|could i|is it possible"
    "|would it be possible|please send|please confirm|please let|please could|please can|please advise|please tell"
    "|do you have|do you do|are you able|kindly|we ask you|i ask you|können sie|könnten sie|könnt ihr|kannst du"
    "|würden sie|bitte senden|bitte schicken|bitte teilen|bitte geben|wir bitten|haben sie|ist es möglich|wäre es möglich"
    "|puede usted|podría|podrían|pueden|puedes|podéis|le ruego|rogamos|es posible|sería posible|tienen ustedes|tienen"
    "|può|potete|potrebbe|potreste|puoi|vi chiedo|le chiedo|chiediamo|è possibile|sarebbe possibile|avete|kunt u"
    "|kun je|kunnen jullie|zou u|wilt u|graag ontvang|is het mogelijk|heeft u|pode|podem|poderia|poderiam|seria possível"
    "|agradeço que|agradecia|solicito|têm disponível|czy moze",
    "need": "j ai besoin|nous avons besoin|on a besoin|aurais besoin|aurions besoin|il me faut|il nous faut|il me faudrait"
    "|il nous faudrait|nous cherchons|je cherche|on cherche|recherche|cherchons|je dois savoir|nous manque|me manque"
    "|i need|we need|we d need|i m looking|we are looking|we re looking|looking for|i require|we require|ich brauche"
    "|wir brauchen|benötigen|wir suchen|ich suche|necesito|necesitamos|buscamos|nos hace falta|ho bisogno|abbiamo bisogno"
    "|cerchiamo|mi serve|ci serve|ci servono|ik heb nodig|wij hebben nodig|we zoeken|preciso|precisamos|procuramos",
    "wish": "je souhaite|je souhaiterais|nous souhaitons|nous souhaiterions|souhaitant|je voudrais|nous voudrions|j aimerais"
    "|nous aimerions|on aimerait|on voudrait|j envisage|nous envisageons|intéressé par|i would like|we would like|i d like"
    "|we d like|i was wondering|we were wondering|i wonder|hoping to|hoping you|we are planning|ich möchte|wir möchten"
    "|ich hätte gern|wir hätten gern|quisiera|quisiéramos|queremos|me gustaría|nos gustaría|vorrei|vorremmo|desidero"
    "|desideriamo|ik wil graag|wij willen graag|ik zou graag|gostaria|gostaríamos|queria|queríamos",
    "wonder": "est ce que|quel est|quelle est|quels sont|quelles sont|combien|comment faire|comment on|savoir si|savoir quand"
    "|y a t il|a t on|faut il|dois je|doit on|puis je|qu en pensez|qu est ce|which|how much|how many|how long|how do|what is"
    "|what would|what time|when can|when will|where is|should i|should we|is there|are there|whether|wie viel|wie lange"
    "|ob sie|wann können|wann kommt|welche|cuánto|cuándo|cuál|qué precio|quanto|quando|quale|hoeveel|wanneer|welke|qual",
    "answer": "dans l attente|en attente de votre|votre réponse|votre retour|revenir vers|tenez moi au courant|tiens moi au courant"
    "|me confirmer|nous confirmer|confirmez|me dire|nous dire|me rappeler|rappelez moi|rappelez nous|me recontacter|me répondre"
    "|répondez moi|me tenir informé|votre accord|votre avis|votre feu vert|votre décision|let me know|let us know|get back to me"
    "|get back to us|call me|call back|call us|ring me|your reply|your answer|your confirmation|hear from you|your approval"
    "|your advice|please reply|rückmeldung|ihre antwort|geben sie mir|melden sie sich|rufen sie|su respuesta|me confirme"
    "|confirmarnos|quedo a la espera|quedamos a la espera|llámeme|attendo|in attesa|fatemi sapere|mi confermi|mi faccia sapere"
    "|hoor graag|laat weten|uw reactie|aguardo|aguardamos|fico a aguardar|a sua resposta",
    "send_us": "m envoyer|nous envoyer|me transmettre|nous transmettre|me faire parvenir|nous faire parvenir|me retourner|nous retourner"
    "|me communiquer|nous communiquer|me fournir|nous fournir|transmettez|send me|send us|send over|forward me|provide us|provide me"
    "|return the|zusenden|zukommen lassen|schicken sie|enviarme|enviarnos|nos envíen|mandarme|inviarmi|inviarci|mandarci|toesturen"
    "|enviar me|enviar nos",
    "quote": "devis|chiffrage|chiffrer|estimation|votre tarif|vos tarifs|un prix|meilleur prix|tarification|quote|quotation|estimate"
    "|your prices|your rates|a price|angebot|kostenvoranschlag|presupuesto|cotización|preventivo|offerte|prijsopgave|orçamento|cotação",
    "book": "rendez vous|rdv|réserver|réservation|disponibilité|disponible|dispos|créneau|une date|une table|une chambre|couverts"
    "|passer chez|venir voir|book|booking|appointment|slot|availability|available|reserve|reservation|a table|a room|termin"
    "|buchen|reservieren|cita|reservar|reserva|appuntamento|prenotare|prenotazione|afspraak|reserveren|marcação|marcar",
    "order": "commande|commander|bon de commande|purchase order|order|bestellung|bestellen|pedido|ordine|bestelling|encomenda",
    "complaint": "réclamation|mécontent|pas satisfait|toujours pas|déçu|inadmissible|inacceptable|ne correspond|erreur|manque|manquant"
    "|cassé|abîmé|endommagé|défectueux|défaut|litige|retard|complaint|disappointed|unacceptable|still not|still waiting|broken"
    "|damaged|faulty|missing|wrong|mistake|not happy|refund|reklamation|beschädigt|defekt|fehlt|fehlerhaft|reclamación|dañado"
    "|roto|reclamo|danneggiat|difettos|klacht|beschadigd|kapot|reclamação|danificado",
}

_URGENCY: Final[dict[str, str]] = {
    "urgent_word": "urgent|urgence|urgemment|asap|au plus vite|le plus vite|dès que possible|immédiatement|sans délai|tout de suite"
    "|sans attendre|rapidement|très vite|as soon as|immediately|right away|straight away|urgently|emergency|quickly|sofort|dringend"
    "|eilig|umgehend|schnellstmöglich|urgente|cuanto antes|inmediat|subito|al più presto|immediat|dringende|spoed|zo snel|o mais rápido",
    "outage": "panne|ne marche plus|ne fonctionne plus|ne marche pas|ne fonctionne pas|ne démarre|en rade|bloqué|bloqués|bloquée|coincé"
    "|coupure|coupé|coupés|à l arrêt|hors service|plus de chauffage|plus d eau|plus de courant|plus d électricité|plus rien|inaccessible"
    "|injoignable|planté|disjoncte|stoppé|immobilisé|arrêtée|en carafe|is down|are down|not working|stopped working|won t start"
    "|no heating|no hot water|no power|outage|stuck|stranded|locked out|at a standstill|broken down|packed up|ausgefallen|ausfall"
    "|steht still|funktioniert nicht|geht nicht|gesperrt|averiado|avería|no funciona|parado|guasto|non funziona|fermo|fermi|storing"
    "|werkt niet|ligt stil|avariado|não funciona|parada"
    "|en panne|ne démarre plus|ne chauffe plus|ne répond plus|plus de téléphone|plus internet|plus accès|impossible de|ne peuvent plus|ne peut plus|on ne peut pas|can t get|cannot get|none of us|won t open|keeps tripping|rupture|arrêt de ligne",
    "harm": "fuite|inonde|inondé|dégât des eaux|gaz|odeur|fumée|incendie|feu|étincelle|brûlé|danger|dangereux|sécurité|risque|blessé"
    "|accident|hôpital|pompiers|enfants|bébé|effondr|électrocut|saigne|douleur|fièvre|allergie|intoxic|vol|effraction|piraté|virus"
    "|leak|leaking|flood|flooding|smoke|sparks|fire|unsafe|injured|ambulance|hospital|pain|bleeding|collapse|burglary|hacked"
    "|wasser läuft|rohrbruch|gasgeruch|rauch|brand|gefahr|verletzt|fuga|inundación|humo|peligro|herido|perdita|allagato|fumo|pericolo"
    "|lekkage|rook|gevaar|incêndio|perigo|ferido",
    "people_wait": "sur place|devant la porte|attendent|attend dehors|nous attendons|on attend|il attend|arrivent|arrive à|mariage|cérémonie"
    "|audience|obsèques|ouverture|ouvre à|service de ce|chauffeur|camion|décolle|train|avion|vol de|bloc|perdre|perdu|perdue|perdons"
    "|annuler|chantier|équipe attend|waiting outside|on site|are waiting|is waiting|ceremony|wedding|funeral|hearing|opens at|driver"
    "|lorry|flight|ferry|lose|losing|steht vor|warten|fahrer|esperando|espera|boda|camión|aspetta|aspettano|matrimonio|wachten|bruiloft"
    "|d attente|patient|patients|on m attend|les clients|nos clients|les invités|convives|la navette|le transporteur|le livreur|le navire|en route|part à|partent à|repart|départ à|guests arrive|customers arrive|guests|crew|the hauler|haulier|leaves at|pick up|gäste|huéspedes|ospiti|gasten",
    "by_word": "avant|au plus tard|dernier délai|d ici|jusqu à|échéance|date limite|dernier carat|by|before|no later|deadline|until|bis"
    "|spätestens|frist|antes|a más tardar|plazo|entro|scadenza|prima|uiterlijk|voor|até|prazo"
    "|avant que|passé ce délai|faute de|sans réponse|sans retour|sans nouvelles|otherwise|failing which|sinon|à défaut|ansonsten|de lo contrario|altrimenti|anders",
    "hours": "dans l heure|d ici une heure|dans deux heures|dans # heures|heures|sous #h|dans la journée|dans la matinée|avant midi|à midi"
    "|within the hour|in the next hour|within # hours|an hour|hours|before noon|by noon|end of day|close of play|end of business|stunden"
    "|horas|ore|uur|mittag",
    "no_rush": "pas urgent|rien d urgent|pas d urgence|non urgent|pas pressé|rien ne presse|quand vous pourrez|quand vous pouvez"
    "|quand tu peux|quand tu pourras|quand vous aurez|quand tu as|à l occasion|sans urgence|pas de panique|pas besoin de courir|prenez le temps"
    "|tranquillement|prends ton temps|no rush|no hurry|not urgent|no panic|no drama|when you have a moment|when you get a chance|whenever"
    "|take your time|in your own time|no great hurry|nothing urgent|keine eile|nicht dringend|nicht eilig|no hay prisa|sin prisa|no es urgente"
    "|non c è fretta|con calma|senza fretta|geen haast|niet dringend|sem pressa|não é urgente",
    "resolved": "c est réglé|est réglé|tout est réglé|réglé ce|résolu|résolue|finalement|retrouvé|rentré dans l ordre|plus la peine|plus besoin"
    "|ne cherchez plus|ne vous dérangez|c est bon|tout va bien|fausse alerte|sans objet|rétabli|remarche|refonctionne|réparé|a réparé|dépanné"
    "|est reparti|annule ma demande|laissez tomber|oubliez|est arrivé|c est fait|est passé|sorted|fixed|resolved|no longer|panic over|false alarm"
    "|all good|found it|back up|back to normal|works again|working again|disregard|never mind|stand down|hat sich erledigt|erledigt|wieder da"
    "|läuft wieder|resuelto|ya está|ya funciona|solucionado|risolto|tutto a posto|opgelost|weer|resolvido|já está"
    "|tout est rentré|plus de peur|c est arrangé|s est arrangé|a été trouvé|tout fonctionne|tout va pour le mieux|sans gravité|clos|clôturé|pas besoin de rappeler|inutile de rappeler|ne vous inquiétez|all sorted|all fixed|came back|is back|has been fixed|was found|turned up|closed|gelöst|arreglado",
}

_MONEY: Final[dict[str, str]] = {
    "invoice": "facture|facturation|note d honoraires|note de frais|avoir|pro forma|proforma|quittance|appel de cotisation|appel de fonds"
    "|appel de loyer|avis d échéance|avis de paiement|reçu|justificatif de paiement|relevé|bordereau|invoice|bill|receipt|credit note"
    "|statement|fee note|rent demand|rechnung|gutschrift|beitragsrechnung|quittung|abrechnung|factura|abono|recibo|fattura|nota di credito"
    "|ricevuta|parcella|factuur|creditnota|fatura|nota de crédito"
    "|inv|fra|fact|rg|rechn|loyer|redevance|prime d assurance|honoraires|acompte|rent|premium|subscription|renewal|membership|miete|alquiler|affitto|huur|renda",
    "our_bill": "notre facture|ma facture|nos factures|nos honoraires|mes honoraires|ma note|notre note|ci joint la facture|ci jointe la facture"
    "|facture ci jointe|ci joint ma facture|trouver la facture|trouver ci joint|trouverez ci joint|facture jointe|our invoice|my invoice"
    "|attached invoice|invoice attached|please find|find attached|unsere rechnung|anbei|im anhang|nuestra factura|mi factura|adjunto|adjunta"
    "|adjuntamos|nostra fattura|in allegato|allego|alleghiamo|onze factuur|bijgevoegd|bijlage|nossa fatura|em anexo|segue",
    "your_bill": "votre facture|vos factures|votre note|your invoice|your bill|ihre rechnung|su factura|vostra fattura|uw factuur|vossa fatura",
    "amount": "total ttc|montant ttc|net à payer|total à payer|montant dû|reste à payer|total ht|tva|solde|montant|total|amount due|balance due"
    "|total due|grand total|vat|subtotal|amount|gesamtbetrag|betrag|mwst|netto|brutto|importe|iva|base imponible|importo|totale|imponibile"
    "|bedrag|btw|totaal|valor|montante",
    "pay": "régler|règlement|payer|paiement|payable|virement|iban|bic|rib|prélèvement|prélevé|échéance|chèque|à réception|pay|payment|payable"
    "|bank transfer|direct debit|due date|due on|sort code|account number|zahlen|zahlung|zahlbar|überweisen|überweisung|lastschrift|fällig"
    "|pagar|pago|vencimiento|transferencia|domiciliación|pagare|pagamento|bonifico|scadenza|betalen|betaling|incasso|vervaldatum|pagamento",
    "paid": "avons réglé|ai réglé|a été réglé|avons payé|ai payé|avons viré|ai viré|virement effectué|virement émis|virement a été|paiement effectué"
    "|paiement reçu|bien reçu votre paiement|acquittée|avis de virement|réglée|payée|have paid|has been paid|was paid|payment received|we paid"
    "|i paid|remittance|paid in full|payment made|settled|bezahlt|überwiesen|zahlungseingang|pagado|hemos abonado|transferido|pagato|pagata"
    "|betaald|overgemaakt|pago|paga",
    "dunning": "relance|rappel|impayé|impayée|en souffrance|reste due|demeure|sauf erreur|retard de paiement|pénalités|indemnité forfaitaire"
    "|n avons pas reçu|toujours en attente de règlement|non réglée|overdue|reminder|outstanding|unpaid|past due|late payment|final notice"
    "|we have not received|mahnung|zahlungserinnerung|offen|überfällig|verzug|recordatorio|pendiente|vencida|sollecito|insoluta|scaduta"
    "|aanmaning|herinnering|openstaand|lembrete|em atraso|vencida",
    "legal": "mise en demeure|huissier|commissaire de justice|tribunal|saisie|contentieux|recouvrement|injonction|assignation|suspension"
    "|résiliation|recommandé|formal notice|legal action|solicitor|court|bailiff|collection agency|letter before|gerichtlich|inkasso|mahnbescheid"
    "|burofax|judicial|diffida|legale|avvocato|deurwaarder|ingebrekestelling|tribunal",
    "attached": "ci joint|ci jointe|ci joints|pièce jointe|en pj|en pièce|attached|enclosed|attachment|anbei|anhang|adjunto|allegato|bijlage|anexo",
    "quote_given": "notre devis|mon devis|devis ci joint|notre proposition|notre offre|notre meilleure|valable jusqu|offre valable|bon pour accord"
    "|retourner signé|our quote|our quotation|our proposal|our offer|valid until|valid for|unser angebot|gültig bis|unverbindlich|nuestro presupuesto"
    "|nuestra oferta|validez|nostra offerta|nostro preventivo|validità|onze offerte|geldig|nosso orçamento|proposta válida",
    "refund_to_you": "remboursement|vous rembourser|restituer|trop perçu|avis de virement|vous a été viré|vous avons viré|vous verser|a été versé"
    "|virement émis|virement de|en votre faveur|don|reçu fiscal|indemnité|refund|remittance advice|payment advice|we have paid|has been paid to you"
    "|credited to you|donation|zahlungsavis|gutgeschrieben|reembolso|aviso de pago|rimborso|avviso di pagamento|terugbetaling|betaaladvies",
    "registry": "registre|annuaire|répertoire|insertion|immatriculation|nom de domaine|marque|dépôt de marque|registry|directory|listing|domain name"
    "|trademark|branchenbuch|eintrag|registro|directorio|annuario|elenco|register|vermelding",
    "numbered": "n #|no #|numéro #|réf #|référence #|ref #|number #|nr #|num #|fra #|inv #|facture #|invoice #|rechnung #|factura #|fattura #",
    "bank": "relevé de compte|votre conseiller|carte bancaire|compte courant|virement reçu|a été crédité|crédité|débité|découvert|solde du compte"
    "|votre banque|bank statement|current account|credited|debited|online banking|kontoauszug|ihr konto|extracto|su cuenta|estratto conto"
    "|rekeningoverzicht|extrato",
    "tax": "impôts|impôt|urssaf|déclaration|cfe|cotisations|dgfip|mutuelle|retraite|net entreprises|dsn|hmrc|tax return|corporation tax|paye"
    "|finanzamt|steuer|hacienda|seguridad social|agenzia|inps|belasting|finanças",
}

_OTHER: Final[dict[str, str]] = {
    "promo": "promo|promotion|offre spéciale|remise|réduction|profitez|dernière chance|soldes|gratuit|gratuitement|essai|code promo|inscrivez|webinaire"
    "|newsletter|lettre d information|désinscrire|désinscription|se désabonner|désabonner|nouveauté|découvrez|catalogue|exclusif|bon plan"
    "|unsubscribe|sale|discount|# off|free trial|webinar|sign up|last chance|limited time|don t miss|exclusive|preferences|view in browser"
    "|abmelden|rabatt|sparen|gratis|jetzt|darse de baja|descuento|oferta|aprovech|disiscriv|sconto|offerta|uitschrijven|korting|aanbieding|cancelar subscrição"
    "|desconto",
    "prospect": "je me permets de vous|nous accompagnons|notre solution|nos solutions|je me présente|votre site|référencement|un échange de|quelques minutes"
    "|une démo|démonstration|prospects|chiffre d affaires|entreprises comme la vôtre|professionnels comme vous|notre agence|partenariat|intéressé par nos"
    "|avez vous pensé|je vous propose|je propose|nous proposons|mes services|nos services|our solution|i came across|quick call|minutes of your time"
    "|businesses like yours|companies like yours|we help|we specialise|our services|boost|a demo|reach out|reaching out|touching base|following up on my"
    "|wir bieten|unsere lösung|nuestros servicios|ofrecemos|i nostri servizi|offriamo|onze diensten|os nossos serviços"
    "|je suis tombé|votre vitrine|indépendant|indépendante|sous traitance|votre secteur|nous avons vu|tjm|collaborer|collaboration|vous présenter|vous rencontrer|mes tarifs|votre zone|introduce myself|introduce our|i noticed|we noticed|our range|wholesale|no obligation|free audit|partnership|freiberuflich|autónomo|libero professionista",
    "job": "candidature|curriculum|mon cv|cv|lettre de motivation|stage|stagiaire|alternance|apprentissage|poste de|recrutement|recrutez|emploi|embauche"
    "|freelance|application for|my cv|resume|internship|apprentice|vacancy|position|hiring|bewerbung|lebenslauf|praktikum|candidatura|prácticas|currículum"
    "|tirocinio|sollicitatie|vacature|estágio",
    "staff": "congés|planning|bulletin de paie|fiche de paie|arrêt maladie|collègue|réunion d équipe|à tous|l équipe|heures sup|pause|bureau|holiday"
    "|leave|rota|payslip|sick|colleague|team meeting|hi all|hi team|everyone|urlaub|krank|kollegen|vacaciones|compañeros|ferie|colleghi|vakantie|collega"
    "|mes heures|mon contrat|ma paie|mon planning|la prime|mes jours|mon arrêt|mon salaire|ma fiche|mes congés|titre restaurant|my hours|my shift|my contract|my pay|my payslip|meine stunden|mi nómina|i miei turni",
    "robot": "ne pas répondre|ne répondez pas|n y répondez|message automatique|généré automatiquement|envoyé automatiquement|automate|ce message a été"
    "|do not reply|don t reply|automated|automatically|automatic message|this is an automatic|automatisch|nicht antworten|no responda|mensaje automático"
    "|non rispondere|automatico|niet beantwoorden|não responda",
    "phish": "cliquez|cliquer|suspendu|suspendue|vérifier vos|vérifier votre|confirmer votre identité|mot de passe|expire|expiré|votre compte|compte bloqué"
    "|identifiants|frais de|colis bloqué|remboursement|coordonnées bancaires|lien ci dessous|click|verify your|suspended|confirm your identity|password"
    "|your account|expires|locked|log in|link below|customs|klicken|passwort|bestätigen sie ihre|konto gesperrt|haga clic|contraseña|verifique|clicca"
    "|password|verifica|klik|wachtwoord|clique|palavra passe",
    "secret": "confidentiel|discrétion|discret|n en parlez|en réunion|pas me joindre|pas joignable|opération|confidential|discreet|in a meeting|keep this"
    "|between us|cartes cadeaux|gift card|nouveau rib|nouvelles coordonnées|changement de rib|new bank|changed our bank|bank details|neue bankverbindung"
    "|nueva cuenta|nuovo iban",
    "parcel": "colis|expédié|expédiée|livraison|livré|suivi|numéro de suivi|en cours de livraison|transporteur|tracking|dispatched|shipped|delivered"
    "|delivery|parcel|courier|on its way|lieferung|versandt|sendung|paket|envío|entrega|paquete|spedizione|consegna|pacco|bezorgd|verzonden|encomenda",
    "absence": "absent|absente|de retour|je suis en congés|je serai de retour|out of office|out of the office|on leave|away from|i am away|i m away"
    "|will be back|abwesend|nicht im büro|fuera de la oficina|ausente|fuori ufficio|assente|afwezig|ausência",
    "invite": "invitation|invité|participants|visioconférence|lien de connexion|invite|guests|video link|einladung|invitación|invito|uitnodiging|convite",
    "security": "nouvelle connexion|code de vérification|code de sécurité|tentative|appareil|new sign|sign in|verification code|security code|new device"
    "|login|anmeldung|inicio de sesión|accesso|aanmelding",
    "alert": "alerte|alarme|seuil|incident|maintenance|sonde|serveur|sauvegarde|alert|alarm|threshold|server|backup|monitor|warnung|störung|alerta"
    "|allarme|melding",
    "fyi": "pour info|pour information|à titre d information|aucune action|rien à faire|n appelle pas|pas besoin de répondre|inutile de répondre"
    "|pas de réponse|pas nécessaire|for information|fyi|no action|no need to|no reply needed|nothing to do|nothing for you|just to let|just letting"
    "|zur info|zur kenntnis|keine antwort|para su información|a título informativo|per conoscenza|per informazione|ter info|ter informatie|para sua informação",
    "thanks": "merci pour|merci beaucoup|merci encore|mille mercis|un grand merci|bravo|parfait|nickel|super travail|ravi|ravie|enchanté|très content"
    "|thank you for|thanks for|thank you so|many thanks|perfect|great job|delighted|lovely|brilliant|danke für|vielen dank|gracias por|muchas gracias"
    "|grazie per|grazie mille|bedankt|obrigado|obrigada",
    "accept": "je valide|nous validons|bon pour accord|d accord|ok pour|c est ok|on part sur|nous acceptons|j accepte|confirmé|confirme|go ahead|we accept"
    "|i accept|happy to proceed|approved|confirmed|einverstanden|aceptamos|confirmo|accettiamo|confermiamo|akkoord|aceito",
    "personal": "bisous|bises|salut|coucou|maman|papa|on se voit|anniversaire|apéro|week end|hiya|love|xx|cheers|mum|see you|birthday|hallo|besos"
    "|hola|baci|ciao|groetjes|beijos"
    "|ta mère|ton père|tante|mamie|papi|réveillon|noël|les enfants|mon frère|ma soeur|auntie|grandma|your mum|your dad",
    "our_side": "le client|la cliente|mon client|ma cliente|un client|chez le client|the client|the customer|a customer|my client|der kunde|kunden|el cliente"
    "|il cliente|klant|o cliente",
    "site_form": "formulaire|formulaire de contact|site internet|nouveau message|nouvelle demande|contact form|website|enquiry|kontaktformular|formulario"
    "|modulo|contactformulier",
}

CONCEPTS: Final[Mapping[str, str]] = _ASKING | _URGENCY | _MONEY | _OTHER
