"""Words that imitations put beside a brand, in the languages that most of them are written in. Compiled by hand."""

from __future__ import annotations

# sign-in, security, support, payment, parcels: few honest names put these beside a brand of another
LURES = tuple(
    """
    aanmelden abo abono about abrechnung acceder accedere accedi acces acceso access accesso account
    accountcenter accounts acct acesso activar activate activation activite actualiza actualizacion actualizar
    address adresse aggiorna aggiornamento airdrop aktiv aktualisieren aktualisierung alert alerta alertas
    alerts amende anmelden anmeldung antrag apk aplicacion aplicativo appeal appeals appid assist assistance
    assistances assistant assistenza atendimento attiva atualizacao atualizar autentificare auth authen
    authenticate authentication authenticator authorize autorizacion aviso ayuda balik bankid banking bantuan
    basvuru belepes benutzer bestatigen bestatigung bestellung betalen betaling beveiligd bezpieczny bill
    billing bills block blocked blocker bloqueada bloqueado boleto bono bonus bonuses cadastre cadastro cancel
    cancelar cancellation card cash cashback cashier certicode check checkin claim claims clave client cliente
    clientes clienti clients cobro colet colis collect combo compensation compte conferma confirm confirma
    confirmacion confirmar confirmation connect connection connexion consegna conta contact contacto control
    correo coupon coupons courier csomag cuenta cuentas customer customers customs dashboard daten deal deals
    debit deblocage deliveries delivers delivery deposit deposits desbloquear desbloqueio desbloqueo descuento
    destek discount discounts dividend dogrulama dorucenie dostawa douane douanes download einloggen entrar
    entrega entsperren entsperrung envio envios erneuern error espace expedition factura facturacion facture
    fattura fatura fee feedback fees file files find findmy fizetes formulaire formular formulario
    fotortan fraud freegift gateway gestion gift giftcard giftcards gifts giris gratis
    guncelle gutschein guvenlik hadiah help helpcenter helpdesk helpline helpme hesabim hesap hilfe
    hotline iban id identifiant identificacion identification identify identity iforgot incident indentification
    info informacao informacion informatie information informazioni infraction ingresar ingreso inicio inlog
    inloggen inlogpagina invoice invoices kampanya kargo kargom klantenservice kontakt konto kunde kunden
    kundencenter kundendienst kundenservice kyc lastschrift layanan lieferung livraison livraisons livrare lock
    locked login loginid logins logon logout logowanie loguin loyalty maintenance manage masuk mein meine
    mensagem message messagerie messages messenger mettreajour mi mijn mobilapp mobiltan moj mon monespace msg
    msgs my myaccount notice notificacion notification notifications notify obnoveni odbior odeme oficiales
    onboarding ondersteuning oplata order orders otp outlet pacco package packages paczka paga pagamenti
    pagamento pagar pago pagos paiement paket pakete paketverfolgung paqueteria parcel parcels pass passport
    password passwort pay payback paying payment payments payout payouts perfil permit pickup plata
    platba platnosc pomoc pos postal poste premiado premio presale prive prize prizes problem profil profile
    promo promocion promos promotion protect protection przesylka purchase pushtan qr rastrear rastreo reactiva
    reactivacion reactivar rebate receipt rechnung recover recovery reembolso refund refunds registrati
    registration registrieren registro regularisation regulariser reimbursement relogin remboursement remind
    renew renewal renouvellement renovacion renovar report request reset resgatar resgate resolution resolve
    restore restricted retrieve return returns reward rewards riattiva ricarica rimborso rinnovo riscatta
    ruckerstattung safe safety sblocca secur secure secureapp secured securelogin securepay securipass securite
    security seguimiento segura seguranca seguridad seguro send sendung sendungsverfolgung service serviceclient
    servicio servicos servizio sessao settings shipment shipments shipping sicher sicherheit sicurezza sicuro
    sign signin signinid signon signup soporte sorteio sorteo sso stake staking status submit subscription
    subsidy sucursal suivi suivre suporte support supporto supports supportteam suspend suspended
    suspension swap szallitas tan tarjeta tax taxes taxrefund token tokens topup track tracker trackid tracking
    trackings trackorder transaccional transaction transactions transfer transfers uberweisung unblock undian
    unlock unlocked unsubscribe update updated updates upgrade user users usuario utente valid valida validacion
    validador validar validate validation value veilig verfolgung verif verifica verificacao verificacion
    verificado verificar verificatie verification verifications verifie verified verifier verifikasi
    verifikation verifizieren verifizierung verify verifyme versand violation vitale voicemail voucher vouchers
    wallet walletconnect wallets wap warning weblogin webmail webportal weryfikacja withdraw withdrawal zahlung
    zaloguj zasilka zoll zollamt zugang zustellung
    """.split()
)

# places, trade and technology: imitations have them, and so have honest names
COMPANIONS = tuple(
    """
    ad adm admin ads ae africa agency agent ai airdrops all alliance america americas android api app
    application apps ar area arg asia asset assets asso associates at au auction aus australia austria backup
    banca banco bank banks be belgie belgique best beta bitcoin bot bots boutique box br brasil brazil btc
    bureau business buy ca campaign canada cards care careers cargo carta cartao casino catalog cdn center
    centers central centre certificate ch chain change channel chat chats cheap chile china cl cloud club cn co
    code coin coins colombia com community company compliance compra compras consult consumer contest copyright
    corp credit credito crypto cz dapp dapps data de demo desk deutsch deutschland dev develop device devices
    digital direct discover display dispute dk dns doc docs document documents domain downloads drive dubai earn
    edu education elite email emails enterprise es espana eth eu europa europe event evento events exchange
    exclusive expert experts explorer express extension factory fan fans fast fi finance financial finder firma
    fix follow followers form forms forum foundation fr francais france free fun fund funding funds future game
    games gaming gb germany get giveaway global go gold gov gr grants group groups hack hello hk home hongkong
    host hosting hotel hr hu hub ie image images img in inc income india indonesia insights international intl
    inversion invest investing investment investments investor invite ios ip ir ireland it italia italy item
    items japan job jobs join jp kaufen ke kids korea kr lab labs land latam link links lite live lives loan
    loans logistics london ltd lucky ma mail mailbox mails main malaysia mall malta manager map maps market
    marketplace master max me media meet meeting member members membership menu meta mexico mine miner mini
    mining mobil mobile mod money music mx nano nanos nederland net network networks new news newsletter next
    nft nfts ng nigeria nitro nl no norge note now nz oferta ofertas offer offers offerta office official
    officiel oficial one online open page pages panel paris partner partners party pe people peru ph phone photo
    photos pin pk pl plan platform play player plaza plus points policy poll polska pool pools portail portal
    portale portugal post preferences premium press prestamo price pricing prime privacy private pro product
    products profit project protocol pt qa quick quiz real recruit recruitment redirect register release remote
    rent rental rep research reserva reservas reservation reservations resort resources review reviews ro
    romania room ru run russia sa sale sales scan schedule schweiz science se search sell seller sellers sending
    serv server servers services session setup sg share shared shop shopping shops show singapore site sites
    smart social software solution solutions source space spain special spedizione speed star start stat stats
    step steps stock stocks storage store stores stream streaming studio study summit super supply surprise
    survey sverige swiss sync system team tech technical technology temp terms test tester testing th thailand
    ticket tickets tienda tools top tour tr trade trader traders trading travel true trust turkey turkiye tv tw
    ua uae uk unit upload us usa usd usdt uy uz vault ve vente verse version video videos vietnam view viewer
    vip virtual vn voice vote votes vpn warehouse watch web web3 webapp webs website wholesale wifi win winner
    winners work works world worldwide xyz year za zh zona zone
    """.split()
)

KEYWORDS = LURES + COMPANIONS

# what looks like the end or the beginning of a host name when it stands in a label
LEVELS = ("com", "www", "net", "org", "info", "http", "https", "gov", "edu")
HOST_BEGINNINGS = ("www", "http", "https")
HOST_ENDS = tuple(level for level in LEVELS if level not in HOST_BEGINNINGS)
