using System.ComponentModel.DataAnnotations;

namespace ELearning.Accounts;

public sealed class CodeForm
{
    [Display(Name = "Code")]
    [Required(ErrorMessage = "Write the code.")]
    [StringLength(40, ErrorMessage = "A code is shorter than this.")]
    public string Code { get; set; } = "";
}
